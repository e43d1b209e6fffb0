// SPDX-License-Identifier: Apache-2.0
// Mouse, keys and buttons: the same actions by all three.
import { GUTTER } from "./layout.js";
import { weighty } from "./panel_words.js";
import type { Run } from "./run.js";
import type { Stage } from "./stage.js";
import type { View } from "./view.js";
import { seconds, tell } from "./words.js";

const CLICK_SLACK = 4;  // pixels that the mouse may move in a click

export class Controls {
  private readonly actions: Record<string, () => void>;
  private readonly tip = document.getElementById("tip")!;

  constructor(private readonly run: Run, private readonly view: View, private readonly stage: Stage) {
    const { about } = run;
    const violations = weighty(about.findings);
    this.actions = {
      play: () => this.play(!view.playing),
      back: () => view.step(-1),
      forward: () => view.step(1),
      "pan-left": () => view.pan(-view.span / 4),
      "pan-right": () => view.pan(view.span / 4),
      "zoom-in": () => view.zoom(1 / 2),
      "zoom-out": () => view.zoom(2),
      fit: () => view.fit(),
      start: () => view.moveTo(0),
      end: () => view.moveTo(run.end),
      "fault-next": () => this.jump(stage.faultTimes, 1),
      "fault-before": () => this.jump(stage.faultTimes, -1),
      "finding-next": () => this.jump(violations.map((finding) => finding.detected), 1),
      "finding-before": () => this.jump(violations.map((finding) => finding.detected), -1),
      cause: () => this.follow(run.causesOf(view.selected, 1)[0]),
      effect: () => this.follow(run.effectsOf(view.selected, 1)[0]),
      "lane-up": () => this.changeLane(-1),
      "lane-down": () => this.changeLane(1),
      close: () => this.zoomClose(),
      clear: () => view.select(-1),
      faster: () => this.setSpeed(view.speed * 2),
      slower: () => this.setSpeed(view.speed / 2),
      theme: () => this.switchTheme(),
      help: () => this.toggleHelp(),
      copy: () => void navigator.clipboard?.writeText(about.replay),
    };
    for (const one of document.querySelectorAll<HTMLElement>("[data-do]"))
      one.addEventListener("click", () => this.do(one.dataset["do"]!));
    document.addEventListener("keydown", (event) => this.onKey(event));
    this.listenToMouse(stage.canvas);
    const speed = document.getElementById("speed") as HTMLSelectElement;
    speed.addEventListener("change", () => this.setSpeed(Number(speed.value)));
    view.listen((change) => {
      if (change === "play") document.getElementById("play")!.textContent = view.playing ? "❚❚ pause" : "▶ play";
    });
  }

  do(action: string): void { this.actions[action]?.(); }

  private static readonly KEYS: Record<string, string> = {
    " ": "play", ArrowLeft: "back", ArrowRight: "forward", ArrowUp: "lane-up", ArrowDown: "lane-down",
    "shift+ArrowLeft": "pan-left", "shift+ArrowRight": "pan-right", "+": "zoom-in", "=": "zoom-in", "-": "zoom-out", "0": "fit",
    Home: "start", End: "end", n: "fault-next", "shift+N": "fault-before", v: "finding-next", "shift+V": "finding-before",
    c: "cause", e: "effect", z: "close", Escape: "clear", ">": "faster", "<": "slower", "shift+>": "faster", "shift+<": "slower",
    "shift++": "zoom-in", t: "theme", "?": "help", "shift+?": "help",
  };

  private onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target as HTMLElement;
    const isButton = target.tagName === "BUTTON" || target.tagName === "SUMMARY";
    if (target.tagName === "SELECT" || (isButton && (event.key === " " || event.key === "Enter"))) return;
    const action = Controls.KEYS[(event.shiftKey ? "shift+" : "") + event.key];
    if (!action) return;
    event.preventDefault();
    this.do(action);
  }

  private listenToMouse(canvas: HTMLCanvasElement): void {
    let began: { x: number; from: number; moved: boolean } | undefined;
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      canvas.setPointerCapture(event.pointerId);
      began = { x: event.offsetX, from: this.view.from, moved: false };
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!began) return this.hover(event);
      if (Math.abs(event.offsetX - began.x) > CLICK_SLACK) began.moved = true;
      if (!began.moved) return;
      const scale = this.view.span / Math.max(1, canvas.clientWidth - GUTTER);
      const from = began.from - (event.offsetX - began.x) * scale;
      this.view.show(from, from + this.view.span);
    });
    canvas.addEventListener("pointerup", (event) => {
      if (began && !began.moved) this.click(event.offsetX, event.offsetY);
      began = undefined;
    });
    canvas.addEventListener("pointerleave", () => (this.tip.hidden = true));
    canvas.addEventListener("dblclick", (event) => this.view.zoom(1 / 4, this.stage.layout.time(event.offsetX)));
    canvas.addEventListener("wheel", (event) => {
      if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        this.view.pan(((event.deltaX || event.deltaY) / 800) * this.view.span);
      } else if (event.ctrlKey || event.metaKey || !this.view.isWhole || event.deltaY < 0) {
        this.view.zoom(Math.exp(event.deltaY / 400), this.stage.layout.time(event.offsetX));
      } else {
        return;  // nothing left to show: the page scrolls
      }
      event.preventDefault();
    }, { passive: false });
  }

  private click(x: number, y: number): void {
    const event = this.stage.eventAt(x, y);
    if (event >= 0) return this.view.select(event);
    this.view.select(-1);
    if (x >= GUTTER) this.view.moveTo(this.stage.layout.time(x));
  }

  private hover(event: PointerEvent): void {
    const at = this.stage.eventAt(event.offsetX, event.offsetY);
    this.tip.hidden = at < 0;
    this.stage.canvas.style.cursor = at < 0 ? "crosshair" : "pointer";
    if (at < 0) return;
    this.tip.textContent = `${seconds(this.run.times[at]!, 1e3)}  ${this.run.nodeName(at)} ${tell(this.run, at)}`;
    const wide = this.stage.canvas.clientWidth;
    this.tip.style.left = `${Math.min(event.offsetX + 14, Math.max(0, wide - this.tip.offsetWidth - 8))}px`;
    this.tip.style.top = `${event.offsetY + 16}px`;
  }

  private jump(times: number[], by: 1 | -1): void {
    const time = this.stage.next(times, by);
    if (time === undefined) return;
    const { view, run } = this;
    if (!view.isWhole) view.show(time - view.span / 2, time + view.span / 2);
    let best = run.lastAt(time);
    for (let event = best; event >= 0 && run.times[event] === time; --event)
      if (run.sorts[event]! >= run.sorts[best]!) best = event;
    view.select(best >= 0 && run.times[best] === time ? best : -1);
    view.moveTo(time);
  }

  private follow(event: number | undefined): void {
    if (event !== undefined && this.view.selected >= 0) this.view.select(event);
  }

  // To the nearest event of the next lane that has any.
  private changeLane(by: 1 | -1): void {
    const { run, view } = this;
    const here = view.selected >= 0 ? run.lanes[view.selected]! : by > 0 ? -1 : run.about.lanes.length;
    for (let lane = here + by; lane >= 0 && lane < run.about.lanes.length; lane += by) {
      const events = run.laneEvents[lane]!;
      if (events.length === 0) continue;
      let best = events[0]!;
      for (let low = 0, high = events.length; low < high;) {
        const middle = (low + high) >>> 1;
        if (run.times[events[middle]!]! <= view.cursor) {
          best = events[middle]!;
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return view.select(best);
    }
  }

  // So close that single messages can be told apart.
  private zoomClose(): void {
    const span = Math.min(this.view.span, 20e6);
    this.view.zoomTo(this.view.cursor, span);
  }

  private setSpeed(speed: number): void {
    this.view.speed = Math.min(16, Math.max(1 / 16, speed));
    (document.getElementById("speed") as HTMLSelectElement).value = `${this.view.speed}`;
  }

  private play(on: boolean): void {
    const { view, run } = this;
    view.playing = on;
    view.changed("play");
    if (!on) return;
    if (view.cursor >= run.end) view.moveTo(0);
    let before = performance.now();
    const frame = (now: number): void => {
      if (!view.playing) return;
      view.moveTo(view.cursor + ((now - before) / 1000) * (view.span / 20) * view.speed);
      before = now;
      if (view.cursor >= run.end) return this.play(false);
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  private switchTheme(): void {
    const root = document.documentElement;
    const isDark = getComputedStyle(root).getPropertyValue("--is-dark").trim() === "1";
    root.dataset["theme"] = isDark ? "light" : "dark";
    this.view.changed("theme");
  }

  private toggleHelp(): void {
    const help = document.getElementById("help") as HTMLDialogElement;
    if (help.open) help.close();
    else help.showModal();
  }
}
