// SPDX-License-Identifier: Apache-2.0
// The whole run in one strip: how much happened when, faults, findings, and which part the picture shows. Dragging
// moves that part.
import { lowerBound } from "./columns.js";
import { hatch } from "./draw_lanes.js";
import { GUTTER } from "./layout.js";
import { readPalette } from "./palette.js";
import { weighty } from "./panel_words.js";
import type { Run } from "./run.js";
import type { View } from "./view.js";

const HEIGHT = 34;

export class Overview {
  private readonly context: CanvasRenderingContext2D;
  private readonly still = document.createElement("canvas");  // what does not move
  private scheduled = false;

  constructor(private readonly canvas: HTMLCanvasElement, private readonly run: Run, private readonly view: View) {
    this.context = canvas.getContext("2d")!;
    canvas.style.height = `${HEIGHT}px`;
    view.listen((change) => {
      if (change === "theme") this.still.width = 0;
      this.request();
    });
    new ResizeObserver(() => this.request()).observe(canvas.parentElement!);
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.drag(event);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (event.buttons & 1) this.drag(event);
    });
  }

  request(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    requestAnimationFrame(() => this.draw());
  }

  draw(): void {
    this.scheduled = false;
    const ratio = window.devicePixelRatio || 1;
    const width = Math.max(GUTTER + 200, this.canvas.parentElement!.clientWidth);
    const { canvas, context } = this;
    if (canvas.width !== Math.round(width * ratio) || this.still.width !== canvas.width) {
      canvas.width = this.still.width = Math.round(width * ratio);
      canvas.height = this.still.height = Math.round(HEIGHT * ratio);
      this.drawStill(width, ratio);
    }
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(this.still, 0, 0);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const palette = readPalette();
    const left = this.x(Math.max(0, this.view.from), width);
    const right = this.x(Math.min(this.run.end, this.view.to), width);
    context.fillStyle = palette.paper;
    context.globalAlpha = 0.65;
    context.fillRect(GUTTER, 0, left - GUTTER, HEIGHT);
    context.fillRect(right, 0, width - right, HEIGHT);
    context.globalAlpha = 1;
    context.strokeStyle = palette.select;
    context.lineWidth = 2;
    context.strokeRect(left, 1, Math.max(3, right - left - 1), HEIGHT - 2);
    const cursor = this.x(this.view.cursor, width);
    context.fillStyle = palette.select;
    context.fillRect(cursor - 0.75, 0, 1.5, HEIGHT);
  }

  private drawStill(width: number, ratio: number): void {
    const context = this.still.getContext("2d")!;
    const palette = readPalette();
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = palette.paper;
    context.fillRect(0, 0, width, HEIGHT);
    context.fillStyle = palette.lane;
    context.fillRect(GUTTER, 0, width - GUTTER, HEIGHT);
    for (const outage of this.run.about.outages) {
      const x = this.x(outage.from, width);
      hatch(context, palette.down, x, 0, Math.max(2, this.x(outage.to, width) - x), HEIGHT);
    }
    const counts: number[] = [];
    let at = 0;
    for (let x = GUTTER; x < width; ++x) {
      const next = lowerBound(this.run.times, ((x + 1 - GUTTER) / (width - GUTTER)) * this.run.end, at);
      counts.push(next - at);
      at = next;
    }
    const most = Math.max(1, ...counts);
    context.fillStyle = palette.dim;
    counts.forEach((count, i) => {
      const height = (Math.log2(1 + count) / Math.log2(1 + most)) * (HEIGHT - 8);
      context.fillRect(GUTTER + i, HEIGHT - height, 1, height);
    });
    context.fillStyle = palette.fault;
    for (const band of this.run.about.bands)
      context.fillRect(this.x(band.from, width), 0, Math.max(3, this.x(band.to, width) - this.x(band.from, width)), 6);
    for (const finding of weighty(this.run.about.findings)) {
      context.fillStyle = finding.kind === "violation" ? palette.lie : palette.permitted;
      context.fillRect(this.x(finding.detected, width) - 1, 6, 2, HEIGHT);
    }
    context.fillStyle = palette.dim;
    context.font = "11px system-ui, sans-serif";
    context.textAlign = "right";
    context.textBaseline = "middle";
    context.fillText("whole run", GUTTER - 10, HEIGHT / 2);
  }

  private x(time: number, width: number): number { return GUTTER + (time / Math.max(1, this.run.end)) * (width - GUTTER); }

  private drag(event: PointerEvent): void {
    const box = this.canvas.getBoundingClientRect();
    const time = ((event.clientX - box.left - GUTTER) / (box.width - GUTTER)) * this.run.end;
    this.view.show(time - this.view.span / 2, time + this.view.span / 2);
    this.view.moveTo(time);
  }
}
