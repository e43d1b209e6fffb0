// SPDX-License-Identifier: Apache-2.0
// Starts the page: unpacks the run, draws it, and puts the cursor where it went wrong.
import type { About } from "./about.js";
import { ColumnSet, fromBase64, inflate } from "./columns.js";
import { Controls } from "./controls.js";
import { fillLegend } from "./legend.js";
import { Overview } from "./overview.js";
import { Panel } from "./panel.js";
import { weighty } from "./panel_words.js";
import { Run } from "./run.js";
import { Stage } from "./stage.js";
import { View } from "./view.js";

async function start(): Promise<void> {
  const began = performance.now();
  const about = JSON.parse(document.getElementById("about")!.textContent!) as About;
  const packed = document.getElementById("columns")!;
  const data = await inflate(fromBase64(packed.textContent!.trim()));
  packed.remove();
  const run = new Run(about, new ColumnSet(about.columns, data));
  const unpacked = performance.now();
  const view = new View(run);
  const stage = new Stage(document.getElementById("stage") as HTMLCanvasElement, run, view);
  const overview = new Overview(document.getElementById("overview") as HTMLCanvasElement, run, view);
  fillLegend();
  const panel = new Panel(run, view);
  const controls = new Controls(run, view, stage);
  view.listen((change) => {
    if (change === "theme") fillLegend();
    if (change === "cursor" && !view.playing) rememberMoment(view);
  });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => view.changed("theme"));
  for (const when of ["beforeprint", "afterprint"])
    window.addEventListener(when, () => {
      document.documentElement.dataset["print"] = when === "beforeprint" ? "1" : "";
      view.changed("theme");
      stage.draw();
      overview.draw();
    });
  if (!goToHash(view)) goToTrouble(run, view, panel);
  stage.draw();
  overview.draw();
  document.body.dataset["ready"] = "1";
  const drawn = performance.now();
  // For tests, and for whoever opens the console.
  Object.assign(window, { faultline: { run, view, stage, controls, unpackMs: unpacked - began, startMs: drawn - began } });
}

function goToTrouble(run: Run, view: View, panel: Panel): void {
  const findings = weighty(run.about.findings);
  const worst = findings.find((finding) => finding.kind === "violation") ?? findings[0];
  if (worst) panel.goToFinding(worst);
  else view.moveTo(run.about.bands[0]?.from ?? 0);
}

// "#t=8.073196269&e=15734": the cursor and the selected event, to be copied with the address.
function goToHash(view: View): boolean {
  const values = new URLSearchParams(location.hash.slice(1));
  const time = Number(values.get("t"));
  if (!values.has("t") || !Number.isFinite(time)) return false;
  const event = Number(values.get("e") ?? "-1");
  view.select(Number.isInteger(event) && event >= 0 && event < view.run.count ? event : -1);
  view.moveTo(time * 1e9);
  return true;
}

let pending = 0;
function rememberMoment(view: View): void {
  clearTimeout(pending);
  pending = setTimeout(() => {
    const event = view.selected >= 0 ? `&e=${view.selected}` : "";
    try {
      history.replaceState(null, "", `#t=${(view.cursor / 1e9).toFixed(9)}${event}`);
    } catch {
      // Some browsers refuse that for pages from disk; the address then stays as it is.
    }
  }, 300) as unknown as number;
}

start().catch((error: unknown) => {
  const box = document.getElementById("headline")!;
  box.textContent = `This page cannot show its run: ${error instanceof Error ? error.message : error}`;
  console.error(error);
});
