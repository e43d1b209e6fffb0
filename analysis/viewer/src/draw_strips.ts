// SPDX-License-Identifier: Apache-2.0
// The strips above the lanes: the time axis, faults by name, the numbered moments of the story, and findings as flags.
import type { Painter } from "./draw_lanes.js";
import { GUTTER } from "./layout.js";
import { weighty } from "./panel_words.js";
import { seconds } from "./words.js";

export function drawAxis({ context, palette, layout }: Painter): void {
  const { from, to, span } = layout.view;
  const raw = (span * 90) / Math.max(1, layout.width - GUTTER);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= raw) ?? 10 * power;
  context.font = "11px system-ui, sans-serif";
  context.textAlign = "center";
  context.lineWidth = 1;
  for (let time = Math.max(0, Math.ceil(from / step)) * step; time <= to; time += step) {
    const x = layout.x(time);
    context.strokeStyle = palette.line;
    context.beginPath();
    context.moveTo(x, layout.axis.height - 5);
    context.lineTo(x, layout.axis.height);
    context.stroke();
    context.fillStyle = palette.dim;
    if (x > GUTTER + 16 && x < layout.width - 22) context.fillText(seconds(time, step), x, 9);
  }
  context.textAlign = "right";
  context.fillStyle = palette.dim;
  context.fillText("simulated time", GUTTER - 10, 9);
  context.strokeStyle = palette.line;
  context.beginPath();
  context.moveTo(GUTTER, layout.axis.height - 0.5);
  context.lineTo(layout.width, layout.axis.height - 0.5);
  context.stroke();
}

// Each fault by name, and a band through the lanes and charts of its node.
export function drawFaults({ context, palette, layout, run }: Painter): void {
  const strip = layout.faults;
  context.textAlign = "right";
  context.font = "12px system-ui, sans-serif";
  context.fillStyle = palette.fault;
  context.fillText("faults", GUTTER - 10, strip.top + strip.height / 2);
  const bands = [...run.about.bands].sort((a, b) => a.from - b.from);
  bands.forEach((band, i) => {
    const x = Math.max(layout.x(band.from), GUTTER);
    const right = Math.min(Math.max(layout.x(band.to), x + 3), layout.width);
    if (right <= GUTTER || x >= layout.width) return;
    // A fault that never struck is named, and colours nothing.
    const struck = band.effects > 0 || band.to - band.from < run.end * 0.2;
    context.fillStyle = struck ? palette.band : "transparent";
    run.about.lanes.forEach((lane, i) => {
      if (lane.node === band.node) context.fillRect(x, layout.lanes[i]!.top - 1, right - x, layout.lanes[i]!.height + 2);
    });
    run.logs.forEach((log, i) => {
      if (log.node === band.node) context.fillRect(x, layout.charts[i]!.top, right - x, layout.charts[i]!.height);
    });
    context.fillStyle = palette.fault;
    const bar = struck ? 5 : 1.5;
    context.fillRect(x, strip.top + strip.height - 1 - bar, right - x, bar);
    const name = run.about.nodes.find((node) => node.number === band.node)?.name ?? "";
    const what = band.what.replaceAll("_", " ");
    const next = bands[i + 1];
    const room = (next ? Math.max(layout.x(next.from), x) : layout.width) - x - 4;
    context.font = "600 12px system-ui, sans-serif";
    context.textAlign = "left";
    const text = [`${what} ${name}${band.effects > 0 ? "" : ", no effect"}`, what].find((words) => context.measureText(words).width <= room);
    if (text) context.fillText(text, x + 1, strip.top + 8);
  });
}

// The story's moments by number, as beside the picture; those that would overlap share a badge.
export function drawStory({ context, palette, layout, run }: Painter): void {
  const strip = layout.story;
  const y = strip.top + strip.height / 2;
  context.textAlign = "right";
  context.font = "12px system-ui, sans-serif";
  context.fillStyle = palette.ink;
  context.fillText("story", GUTTER - 10, y);
  context.textAlign = "center";
  context.font = "600 11px system-ui, sans-serif";
  interface Badge { first: number; last: number; left: number; right: number; text: string }
  const badges: Badge[] = [];
  const place = (x: number, first: number, last: number): Badge => {
    const text = first === last ? `${first}` : `${first}–${last}`;
    const width = Math.max(18, context.measureText(text).width + 9);
    const left = Math.max(GUTTER, Math.min(x - 9, layout.width - width));
    return { first, last, left, right: left + width, text };
  };
  run.about.story.forEach((line, i) => {
    const x = layout.x(line.time);
    if (x < GUTTER || x > layout.width) return;
    let badge = place(x, i + 1, i + 1);
    while (badges.length > 0 && badges[badges.length - 1]!.right > badge.left - 2) {
      const before = badges.pop()!;
      badge = place(before.left + 9, before.first, badge.last);
    }
    badges.push(badge);
  });
  for (const { left, right, text } of badges) {
    context.fillStyle = palette.ink;
    context.beginPath();
    context.roundRect(left, y - 8.5, right - left, 17, 8.5);
    context.fill();
    context.fillStyle = palette.paper;
    context.fillText(text, (left + right) / 2, y + 0.5);
  }
}

// Violations and permitted losses: a line through everything, with a flag on top.
export function drawFindings({ context, palette, layout, run }: Painter): void {
  let drawn = -Infinity;
  for (const finding of weighty(run.about.findings)) {
    const x = layout.x(finding.detected);
    if (x < GUTTER || x > layout.width || Math.abs(x - drawn) < 3) continue;
    drawn = x;
    const color = finding.kind === "violation" ? palette.lie : palette.permitted;
    context.strokeStyle = color;
    context.lineWidth = 1.5;
    context.setLineDash([2, 3]);
    context.beginPath();
    context.moveTo(x, layout.axis.height - 11);
    context.lineTo(x, layout.height);
    context.stroke();
    context.setLineDash([]);
    context.fillStyle = color;
    context.beginPath();
    context.moveTo(x, layout.axis.height - 11);
    context.lineTo(x + 10, layout.axis.height - 6);
    context.lineTo(x, layout.axis.height - 1);
    context.fill();
  }
}
