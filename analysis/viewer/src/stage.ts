// SPDX-License-Identifier: Apache-2.0
// The canvas: draws everything that depends on the shown time, at most once a frame, and finds what is under the
// mouse.
import { drawChartGrounds, drawCharts } from "./draw_charts.js";
import { clipToTime, drawArrow, drawLaneGrounds, drawLanes, drawMark, Painter } from "./draw_lanes.js";
import { drawAxis, drawFaults, drawFindings, drawStory } from "./draw_strips.js";
import { GUTTER, Layout } from "./layout.js";
import { Palette, readPalette } from "./palette.js";
import type { Run } from "./run.js";
import type { View } from "./view.js";

export class Stage {
  readonly layout: Layout;
  drawMs = 0;  // what the last drawing took
  private readonly context: CanvasRenderingContext2D;
  private palette: Palette = readPalette();
  private scheduled = false;

  constructor(readonly canvas: HTMLCanvasElement, readonly run: Run, readonly view: View) {
    this.layout = new Layout(run, view);
    this.context = canvas.getContext("2d")!;
    view.listen((change) => {
      if (change === "theme") this.palette = readPalette();
      this.request();
    });
    new ResizeObserver(() => this.request()).observe(canvas.parentElement!);
  }

  request(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    requestAnimationFrame(() => {
      if (this.scheduled) this.draw();
    });
  }

  draw(): void {
    this.scheduled = false;
    const began = performance.now();
    const ratio = window.devicePixelRatio || 1;
    const width = Math.max(GUTTER + 200, this.canvas.parentElement!.clientWidth);
    const { layout, context, canvas } = this;
    layout.width = width;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(layout.height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(layout.height * ratio);
      canvas.style.height = `${layout.height}px`;
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = this.palette.paper;
    context.fillRect(0, 0, width, layout.height);
    const painter: Painter = { context, palette: this.palette, layout, run: this.run };
    context.textBaseline = "middle";
    drawLaneGrounds(painter);
    drawChartGrounds(painter);
    drawFaults(painter);
    drawLanes(painter);
    drawCharts(painter);
    this.drawSelection(painter);
    drawAxis(painter);
    drawStory(painter);
    drawFindings(painter);
    this.drawCursor();
    this.drawMs = performance.now() - began;
  }

  // The selected event, what led there and what came of it.
  private drawSelection(painter: Painter): void {
    const { context, layout, palette, run } = painter;
    const { selected } = this.view;
    if (selected < 0) return;
    const effects = run.effectsOf(selected, 60);
    context.save();
    clipToTime(context, layout);
    context.lineWidth = 2;
    context.strokeStyle = palette.effect;
    context.setLineDash([5, 3]);
    for (const effect of effects) drawArrow(context, layout, selected, effect, true);
    context.setLineDash([]);
    let to = selected;
    for (const cause of run.causesOf(selected, 12)) {
      context.strokeStyle = palette.cause;
      context.lineWidth = 2;
      drawArrow(context, layout, cause, to, true);
      drawMark(painter, cause, 1.2);
      to = cause;
    }
    for (const effect of effects) drawMark(painter, effect, 1.1);
    drawMark(painter, selected, 1.5);
    context.strokeStyle = palette.select;
    context.lineWidth = 2.5;
    context.beginPath();
    context.arc(layout.x(run.times[selected]!), layout.yOf(selected), 9, 0, 7);
    context.stroke();
    context.restore();
  }

  private drawCursor(): void {
    const { context, layout, palette, view } = this;
    const x = layout.x(view.cursor);
    if (x < GUTTER || x > layout.width) return;
    context.strokeStyle = palette.select;
    context.lineWidth = 1.5;
    context.beginPath();
    context.moveTo(x, layout.axis.height - 6);
    context.lineTo(x, layout.height);
    context.stroke();
    context.fillStyle = palette.select;
    context.beginPath();
    context.moveTo(x - 6, layout.axis.height - 10);
    context.lineTo(x + 6, layout.axis.height - 10);
    context.lineTo(x, layout.axis.height);
    context.fill();
  }

  // The event nearest to a point of the canvas, or -1. Where many share a pixel, the weightiest.
  eventAt(x: number, y: number): number {
    const { layout, run } = this;
    const lane = layout.laneAt(y);
    if (lane < 0 || x < GUTTER) return -1;
    const events = run.laneEvents[lane]!;
    const reach = 8;
    const from = layout.time(x - reach);
    const to = layout.time(x + reach);
    let low = 0;
    let high = events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (run.times[events[middle]!]! < from) low = middle + 1;
      else high = middle;
    }
    let best = -1;
    let bestScore = Infinity;
    for (let i = low; i < events.length && run.times[events[i]!]! <= to; ++i) {
      const event = events[i]!;
      const across = Math.abs(layout.x(run.times[event]!) - x);
      const along = Math.abs(layout.yOf(event) - y);
      const score = across + along * 0.7 - run.sorts[event]! * 0.6;
      if (score < bestScore) [best, bestScore] = [event, score];
    }
    return best;
  }

  // The first fault, and the first finding of weight, before or after a time.
  next(times: number[], by: 1 | -1): number | undefined {
    const at = this.view.cursor;
    return by > 0 ? times.find((time) => time > at + 0.5) : times.filter((time) => time < at - 0.5).pop();
  }

  get faultTimes(): number[] {
    const times = new Set(this.run.about.bands.map((band) => band.from));
    for (const outage of this.run.about.outages) times.add(outage.from);
    return [...times].sort((a, b) => a - b);
  }
}
