// SPDX-License-Identifier: Apache-2.0
// What stands beside the picture: verdict, story, the selected event with its cause and effects, what was checked,
// and the events around the cursor as a table, which is also the picture's twin for screen readers.
import type { Finding } from "./about.js";
import { weighty } from "./panel_words.js";
import type { Run } from "./run.js";
import type { View } from "./view.js";
import { bytes, fieldRows, grouped, seconds, tell } from "./words.js";

type Child = Node | string;

export function element<K extends keyof HTMLElementTagNameMap>(tag: K, className = "", ...children: Child[]):
  HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

function button(text: Child, onClick: () => void, className = "link"): HTMLButtonElement {
  const made = element("button", className, text);
  made.type = "button";
  made.addEventListener("click", onClick);
  return made;
}

const SIGNS = { held: "✓", violated: "✗", unknown: "?" };
const ROWS_AROUND = 7;

export class Panel {
  private readonly byId = (id: string): HTMLElement => document.getElementById(id)!;

  constructor(private readonly run: Run, private readonly view: View) {
    this.fillHeader();
    this.fillStory();
    this.fillChecked();
    this.fillWhy();
    view.listen((change) => {
      if (change === "selection") this.fillSelected();
      if (change === "cursor" || change === "selection") this.fillMoment();
    });
    this.fillSelected();
    this.fillMoment();
  }

  private fillHeader(): void {
    const { about } = this.run;
    const verdict = this.byId("verdict");
    verdict.textContent = `${SIGNS[about.verdict]} ${about.verdict.toUpperCase()}`;
    verdict.className = about.verdict;
    this.byId("name").textContent = about.name;
    this.byId("headline").textContent = about.headline;
    this.byId("seed").textContent = about.seed;
    this.byId("fingerprint").textContent = about.fingerprint;
    this.byId("replay").textContent = about.replay;
    this.byId("counts").textContent = Object.entries(about.counts)
      .filter(([name, count]) => count > 0 || name === "sent" || name === "acked")
      .map(([name, count]) => `${grouped(count)} ${name}`).join(", ");
    this.byId("build").textContent = `${grouped(about.events)} events; ${about.build}`;
    this.byId("scenario").textContent = about.scenario;
  }

  private fillStory(): void {
    const list = this.byId("story");
    for (const line of this.run.about.story) {
      const row = element("li", "", element("span", "time", seconds(line.time)), " ");
      if (line.injected) row.append(element("strong", "injected", line.injected), " ");
      if (line.storage) row.append(element("span", "storage", line.storage), " ");
      if (line.clients) row.append(element("span", "clients", line.clients), " ");
      if (line.broken) row.append(element("strong", "violation", `✗ ${line.broken}`));
      const item = button("", () => this.goTo(line.time), "row");
      item.append(...row.childNodes);
      list.append(element("li", "", item));
    }
  }

  private fillChecked(): void {
    const { about } = this.run;
    const findings = weighty(about.findings);
    const list = this.byId("findings");
    // Of each property the first violation: the others mostly follow from it.
    const told = new Set<string>();
    for (const finding of findings.slice(0, 40)) {
      const isViolation = finding.kind === "violation";
      if (isViolation && told.has(finding.property)) continue;
      const count = about.properties.find((property) => property.id === finding.property)?.violations ?? 1;
      list.append(this.findingItem(finding, isViolation ? count - 1 : 0));
      if (isViolation) told.add(finding.property);
    }
    if (findings.length === 0) list.append(element("li", "quiet", "Nothing was lost and no promise was broken."));
    const table = this.byId("properties");
    for (const property of about.properties) {
      const verdict = property.verdict as keyof typeof SIGNS;
      const row = element("tr", verdict, element("td", "", `${SIGNS[verdict] ?? ""} ${verdict === "unknown" ? "untested" : verdict}`),
        element("td", "", property.id), element("td", "", property.name), element("td", "count", grouped(property.checks)));
      row.title = property.meaning;
      table.append(row);
    }
  }

  private findingItem(finding: Finding, more: number): HTMLElement {
    const isViolation = finding.kind === "violation";
    const property = this.run.about.properties.find((known) => known.id === finding.property);
    const item = button("", () => this.goToFinding(finding), `row ${isViolation ? "violation" : "permitted"}`);
    item.append(
      element("strong", "", `${isViolation ? "✗ violation" : "◇ permitted loss"} `),
      element("span", "time", seconds(finding.detected)),
      ` ${finding.property} ${property?.name ?? ""}: ${finding.subject}`);
    const lines = element("dl", "");
    if (finding.expected) lines.append(element("dt", "", "expected"), element("dd", "", finding.expected));
    lines.append(element("dt", "", "observed"), element("dd", "", finding.observed));
    item.append(lines);
    if (more > 0) item.append(element("span", "quiet", `and ${grouped(more)} more of ${finding.property}`));
    return element("li", "", item);
  }

  // From the step that decided to the one that shows it; each leads to its event.
  private fillWhy(): void {
    const { why } = this.run.about;
    const section = this.byId("why");
    if (!why) return;
    section.hidden = false;
    const list = element("ol", "chain cause");
    for (const step of why.steps) {
      const item = button("", () => (step.event >= 0 ? this.view.select(step.event) : this.goTo(step.time)), "row");
      item.append(element("span", "time", seconds(step.time)), " ", element("strong", "", step.who), ` ${step.what}`);
      if (step.decides) item.append(element("em", "violation", "  the step that decides"));
      if (step.shows) item.append(element("em", "violation", "  here it shows"));
      list.append(element("li", "", item));
    }
    section.append(list);
    if (why.disk.length > 0) {
      const table = element("table", "fields", element("tr", "", element("th", "", ""), element("th", "", "page cache"), element("th", "", "platter")));
      for (const line of why.disk)
        table.append(element("tr", "", element("th", "", line.where), element("td", "", line.cache), element("td", "", line.platter)));
      section.append(element("h3", "", why.diskTitle), table);
    }
    for (const rule of why.rulesOff) section.append(element("p", "quiet", `switched off: ${rule}`));
    for (const remark of why.remarks) section.append(element("p", "quiet", remark));
  }

  goToFinding(finding: Finding): void {
    const event = finding.events[finding.events.length - 1];
    if (event === undefined) this.goTo(finding.detected);
    else {
      this.goTo(finding.detected);
      this.view.select(event);
    }
  }

  // The moment in the middle; not closer than before.
  private goTo(time: number): void {
    const { view } = this;
    if (!view.isWhole) view.show(time - view.span / 2, time + view.span / 2);
    view.moveTo(time);
    const event = this.run.lastAt(time);
    view.select(event >= 0 && this.run.times[event] === time ? this.weightiest(time) : -1);
    view.moveTo(time);
  }

  // Of the events of one instant the one that says most.
  private weightiest(time: number): number {
    let best = this.run.lastAt(time);
    for (let event = best; event >= 0 && this.run.times[event] === time; --event)
      if (this.run.sorts[event]! >= this.run.sorts[best]!) best = event;
    return best;
  }

  private fillSelected(): void {
    const { run, view } = this;
    const box = this.byId("selected");
    box.replaceChildren();
    const event = view.selected;
    if (event < 0) {
      box.append(element("p", "quiet", "Click an event, or press → to step through them."));
      return;
    }
    const head = element("p", "event", element("strong", "", run.lane(event).kind === "helpers" ? run.nodeName(event) : run.lane(event).name),
      ` ${tell(run, event)}`);
    box.append(head, element("p", "quiet", `${seconds(run.times[event]!, 1)}  ${run.kindName(event)}  ${run.idText(event)}`));
    const subject = run.subject(event);
    const rows = fieldRows(run.payload(event));
    if (subject && !rows.some(([, text]) => text === subject)) rows.unshift(["file", subject]);
    const table = element("table", "fields");
    for (const [name, value] of rows) table.append(element("tr", "", element("th", "", name), element("td", "", value)));
    box.append(table);
    this.addChain(box, "What led here", "cause", run.causesOf(event, 8));
    this.addChain(box, "What came of it", "effect", run.effectsOf(event, 8));
  }

  private addChain(box: HTMLElement, title: string, className: string, events: number[]): void {
    box.append(element("h3", className, title));
    if (events.length === 0) {
      box.append(element("p", "quiet", className === "cause" ? "Nothing: it began by itself, or was planned." : "Nothing that was recorded."));
      return;
    }
    const list = element("ol", `chain ${className}`);
    for (const event of events) list.append(element("li", "", this.eventButton(event)));
    box.append(list);
  }

  private eventButton(event: number): HTMLButtonElement {
    const { run } = this;
    const made = button("", () => this.view.select(event), "row");
    made.append(element("span", "time", seconds(run.times[event]!, 1e3)), " ",
      element("strong", "", run.lane(event).kind === "helpers" ? run.nodeName(event) : run.lane(event).name),
      ` ${tell(run, event)}`);
    return made;
  }

  private fillMoment(): void {
    const { run, view } = this;
    this.byId("clock").textContent = seconds(view.cursor, 1e3);
    const state = this.byId("state");
    state.replaceChildren();
    for (const lane of run.about.lanes) {
      if (lane.kind !== "broker") continue;
      const outage = run.about.outages.find((one) => one.node === lane.node && one.from <= view.cursor && view.cursor < one.to);
      const unsynced = run.caches.get(lane.node)?.at(view.cursor) ?? 0;
      state.append(element("tr", "", element("th", "", lane.name),
        element("td", "", outage ? `down: ${outage.how.replaceAll("_", " ")}` : `runs, ${bytes(Math.max(0, unsynced))} unsynced`)));
    }
    for (const log of run.logs) {
      const value = (at: number): string => (at < 0 ? "–" : grouped(at));
      state.append(element("tr", "", element("th", "", log.name), element("td", "",
        `ends at ${value(log.end.at(view.cursor))}; acked ${value(log.acked.at(view.cursor))}; says durable ` +
        `${value(log.flushed.at(view.cursor))}; on the platter ${value(log.platter.at(view.cursor))}`)));
    }
    this.fillTable();
  }

  private fillTable(): void {
    const { run, view } = this;
    const body = this.byId("around");
    const middle = view.selected >= 0 && run.times[view.selected] === view.cursor ? view.selected : run.lastAt(view.cursor);
    const rows: HTMLElement[] = [];
    const first = Math.max(0, Math.min(middle - ROWS_AROUND, run.count - 2 * ROWS_AROUND - 1));
    for (let event = first; event < Math.min(run.count, first + 2 * ROWS_AROUND + 1); ++event) {
      const row = element("tr", event === view.selected ? "selected" : "", element("td", "time", seconds(run.times[event]!, 1)),
        element("td", "", run.lane(event).kind === "helpers" ? run.nodeName(event) : run.lane(event).name),
        element("td", "", run.kindName(event)), element("td", "", tell(run, event)));
      row.addEventListener("click", () => view.select(event));
      rows.push(row);
    }
    body.replaceChildren(...rows);
    this.byId("live").textContent = view.selected < 0 ? "" :
      `${seconds(view.cursor)}, ${run.lane(view.selected).name} ${tell(run, view.selected)}`;
  }
}
