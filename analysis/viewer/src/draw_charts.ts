// SPDX-License-Identifier: Apache-2.0
// The charts: of each log, how far it reaches, what clients were told, and what the platter really holds.
import { lowerBound, StepLine } from "./columns.js";
import { hatch, Painter } from "./draw_lanes.js";
import { GUTTER, Layout, Row } from "./layout.js";
import type { Log } from "./run.js";
import { grouped } from "./words.js";

interface Curve { title: string; line: StepLine; color: string; dash: number[]; width: number }

function curves({ palette }: Painter, log: Log): Curve[] {
  return [
    { title: "acked", line: log.acked, color: palette.acked, dash: [1.5, 3], width: 2.6 },
    { title: "log end", line: log.end, color: palette.end, dash: [], width: 1.6 },
    { title: "says durable", line: log.flushed, color: palette.flushed, dash: [7, 4], width: 1.8 },
    { title: "on the platter", line: log.platter, color: palette.platter, dash: [], width: 2.6 },
  ];
}

export function drawChartGrounds({ context, palette, layout }: Painter): void {
  context.fillStyle = palette.lane;
  for (const row of layout.charts) context.fillRect(GUTTER, row.top, layout.width - GUTTER, row.height);
}

export function drawCharts(painter: Painter): void {
  painter.run.logs.forEach((log, i) => drawChart(painter, log, painter.layout.charts[i]!));
}

function drawChart(painter: Painter, log: Log, row: Row): void {
  const { context, palette, layout } = painter;
  for (const outage of painter.run.about.outages) {
    if (outage.node !== log.node) continue;
    const x = Math.max(layout.x(outage.from), GUTTER);
    const right = Math.min(Math.max(layout.x(outage.to), x + 2), layout.width);
    if (right > x) hatch(context, palette.down, x, row.top, right - x, row.height);
  }
  const shown = curves(painter, log);
  const [low, high] = extremes(shown.map((curve) => curve.line), layout);
  const y = (value: number): number => row.top + row.height - 8 - ((value - low) / Math.max(1, high - low)) * (row.height - 22);

  const samples = sample(layout);
  const at = shown.map((curve) => samples.map((time) => curve.line.at(time)));
  const [, end, flushed, platter] = at as [number[], number[], number[], number[]];
  fillBetween(context, palette.cached, samples.length, y, platter, end);
  fillLies(painter, row, y, platter, flushed);
  drawGrid(painter, row, low, high, y);
  context.save();
  context.beginPath();
  context.rect(GUTTER, row.top, layout.width - GUTTER, row.height);
  context.clip();
  shown.forEach((curve, i) => strokeLine(context, curve, at[i]!, y));
  context.restore();
  drawLosses(painter, log, y, row);
  drawTitles(painter, log, shown, row);
}

// One time for each pixel.
function sample(layout: Layout): number[] {
  return Array.from({ length: Math.max(0, Math.ceil(layout.width - GUTTER)) }, (_, i) => layout.time(GUTTER + i + 0.999));
}

function extremes(lines: StepLine[], layout: Layout): [number, number] {
  const { from, to } = layout.view;
  let low = Infinity;
  let high = 0;
  for (const line of lines) {
    const end = lowerBound(line.times, to);
    for (let i = Math.max(0, lowerBound(line.times, from) - 1); i < end; ++i) {
      const value = line.values[i]!;
      if (value < 0) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (layout.view.isWhole || low === Infinity) low = 0;
  return [low, Math.max(high, low + 4)];
}

// What only the page cache holds.
function fillBetween(context: CanvasRenderingContext2D, color: string, count: number, y: (value: number) => number,
  lower: number[], upper: number[]): void {
  context.fillStyle = color;
  context.beginPath();
  for (let i = 0; i < count; ++i) {
    if (lower[i]! < 0 || upper[i]! <= lower[i]!) continue;
    context.rect(GUTTER + i, y(upper[i]!), 1, y(lower[i]!) - y(upper[i]!));
  }
  context.fill();
}

// What the log calls durable and the platter does not hold.
function fillLies({ context, palette }: Painter, row: Row, y: (value: number) => number, platter: number[],
  flushed: number[]): void {
  let any = false;
  context.save();
  context.beginPath();
  for (let i = 0; i < platter.length; ++i) {
    if (platter[i]! < 0 || flushed[i]! <= platter[i]!) continue;
    any = true;
    context.rect(GUTTER + i, y(flushed[i]!), 1, Math.max(2, y(platter[i]!) - y(flushed[i]!)));
  }
  if (any) {
    context.clip();
    context.globalAlpha = 0.16;
    context.fillStyle = palette.lie;
    context.fillRect(GUTTER, row.top, platter.length, row.height);
    context.globalAlpha = 1;
    hatch(context, palette.lie, GUTTER, row.top, platter.length, row.height, 8);
  }
  context.restore();
  if (any) labelLies(context, palette.lie, palette.paper, y, platter, flushed);
}

function labelLies(context: CanvasRenderingContext2D, color: string, paper: string, y: (value: number) => number,
  platter: number[], flushed: number[]): void {
  let best = -1;
  let bestHeight = 22;
  for (let i = 0; i < platter.length; ++i) {
    if (platter[i]! < 0) continue;
    const height = y(platter[i]!) - y(flushed[i]!);
    if (height > bestHeight) [best, bestHeight] = [i, height];
  }
  if (best < 0) return;
  context.font = "600 12px system-ui, sans-serif";
  const text = "called durable, not on the platter";
  const width = context.measureText(text).width;
  // Right of where it is widest if nothing is there, else inside at its foot.
  let end = best;
  while (end < platter.length && platter[end]! >= 0 && flushed[end]! > platter[end]!) ++end;
  const isFree = end + width + 60 < platter.length;
  const left = GUTTER + (isFree ? end + 24 : Math.max(8, best - width - 8));
  const middle = isFree ? y((platter[best]! + flushed[best]!) / 2) + 8 : y(platter[best]!) - 12;
  context.textAlign = "left";
  context.fillStyle = paper;
  context.fillRect(left - 5, middle - 9, width + 10, 18);
  context.fillStyle = color;
  context.fillText(text, left, middle);
}

function strokeLine(context: CanvasRenderingContext2D, curve: Curve, values: number[], y: (value: number) => number): void {
  context.strokeStyle = curve.color;
  context.lineWidth = curve.width;
  context.setLineDash(curve.dash);
  context.beginPath();
  let before = -1;
  values.forEach((value, i) => {
    if (value < 0) {
      before = -1;
      return;
    }
    if (before < 0) context.moveTo(GUTTER + i, y(value));
    else {
      if (value !== before) context.lineTo(GUTTER + i, y(before));
      context.lineTo(GUTTER + i + 1, y(value));
    }
    before = value;
  });
  context.stroke();
  context.setLineDash([]);
}

function drawGrid({ context, palette, layout }: Painter, row: Row, low: number, high: number, y: (value: number) => number): void {
  const raw = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(Math.max(raw, 1)));
  const step = Math.max(1, [1, 2, 5, 10].map((n) => n * power).find((n) => n >= raw) ?? 1);
  context.font = "10px system-ui, sans-serif";
  context.textAlign = "left";
  context.lineWidth = 1;
  for (let value = Math.ceil(low / step) * step; value <= high; value += step) {
    context.strokeStyle = palette.line;
    context.beginPath();
    context.moveTo(GUTTER, y(value));
    context.lineTo(layout.width, y(value));
    context.stroke();
    if (y(value) < row.top + 12) continue;
    context.fillStyle = palette.dim;
    context.fillText(grouped(value), GUTTER + 4, y(value) - 6);
  }
}

// What clients had been told is in, and recovery did not find: a bracket from there down to where the log now ends.
function drawLosses(painter: Painter, log: Log, y: (value: number) => number, row: Row): void {
  const { context, palette, layout, run } = painter;
  for (const [i, loss] of log.losses.entries()) {
    const x = layout.x(loss.time);
    if (x < GUTTER || x > layout.width) continue;
    const broken = run.about.findings.some((finding) => finding.kind === "violation" && finding.detected === loss.time);
    const color = broken ? palette.lie : palette.permitted;
    context.strokeStyle = color;
    context.lineWidth = 3;
    const top = Math.max(y(loss.to), row.top + 4);
    context.beginPath();
    context.moveTo(x - 5, top);
    context.lineTo(x, top);
    context.lineTo(x, y(loss.from));
    context.moveTo(x - 5, y(loss.from) - 6);
    context.lineTo(x, y(loss.from));
    context.lineTo(x + 5, y(loss.from) - 6);
    context.stroke();
    const count = grouped(loss.to - loss.from);
    const after = log.losses[i + 1];
    const room = (after ? layout.x(after.time) : layout.width) - x - 16;
    context.font = "600 12px system-ui, sans-serif";
    const text = [`${count} acked records gone${broken ? "" : ", as permitted"}`, `${count} acked records gone`, `−${count} acked`]
      .find((words) => context.measureText(words).width <= room) ?? `−${count}`;
    const width = context.measureText(text).width;
    const left = x + 8 + width < layout.width ? x + 8 : x - 12 - width;
    const middle = Math.max(row.top + 12, (top + y(loss.from)) / 2);
    context.fillStyle = palette.paper;
    context.fillRect(left - 4, middle - 9, width + 8, 18);
    context.fillStyle = color;
    context.textAlign = "left";
    context.fillText(text, left, middle);
  }
}

// In the gutter: the log's name, and each line with its value at the cursor.
function drawTitles({ context, palette, layout }: Painter, log: Log, shown: Curve[], row: Row): void {
  context.textAlign = "right";
  context.fillStyle = palette.ink;
  context.font = "600 13px system-ui, sans-serif";
  context.fillText(log.name, GUTTER - 10, row.top + 12);
  context.font = "10px system-ui, sans-serif";
  context.fillStyle = palette.dim;
  context.textAlign = "left";
  context.fillText("at the cursor", 30, row.top + 38 + 4 * 22);
  [shown[1]!, shown[0]!, shown[2]!, shown[3]!].forEach((curve, i) => {
    const top = row.top + 38 + i * 22;
    context.font = "12px system-ui, sans-serif";
    context.fillStyle = palette.ink;
    context.textAlign = "left";
    context.fillText(curve.title, 30, top);
    context.textAlign = "right";
    const value = curve.line.at(layout.view.cursor);
    context.font = "600 12px system-ui, sans-serif";
    context.fillText(value < 0 ? "–" : grouped(value), GUTTER - 10, top);
    context.strokeStyle = curve.color;
    context.lineWidth = curve.width;
    context.setLineDash(curve.dash);
    context.beginPath();
    context.moveTo(4, top);
    context.lineTo(25, top);
    context.stroke();
    context.setLineDash([]);
  });
}
