// SPDX-License-Identifier: Apache-2.0
// The lanes: as densities while events are many, as marks and arrows once they are few enough to be told apart.
import { lowerBound } from "./columns.js";
import { GUTTER, Layout } from "./layout.js";
import type { Palette } from "./palette.js";
import { Run, Sort, SORTS } from "./run.js";
import { tell } from "./words.js";

const MARKS_MOST = 1500;   // events shown as marks
const ARROWS_MOST = 1200;
const LABELS_MOST = 120;
const BIN = 3;             // pixels of a density bar

export interface Painter {
  context: CanvasRenderingContext2D;
  palette: Palette;
  layout: Layout;
  run: Run;
}

export function drawLanes(painter: Painter): void {
  const { context, layout } = painter;
  const [from, to] = visibleEvents(painter);
  drawOutages(painter);
  drawCaches(painter);
  const few = to - from <= MARKS_MOST;
  context.save();
  clipToTime(context, layout);
  if (few) {
    drawArrows(painter);
    for (let event = from; event < to; ++event) drawMark(painter, event, 1);
    if (to - from <= LABELS_MOST) drawLabels(painter, from, to);
  } else {
    for (let lane = 0; lane < layout.lanes.length; ++lane) drawDensity(painter, lane);
    drawArrows(painter);
    drawFaultMarks(painter);
  }
  context.restore();
}

// Lines may begin left of what is shown; the gutter stays free of them.
export function clipToTime(context: CanvasRenderingContext2D, layout: Layout): void {
  context.beginPath();
  context.rect(GUTTER, 0, layout.width - GUTTER, layout.height);
  context.clip();
}

function visibleEvents({ layout, run }: Painter): [number, number] {
  return [lowerBound(run.times, layout.view.from), lowerBound(run.times, layout.view.to)];
}

export function drawLaneGrounds({ context, palette, layout, run }: Painter): void {
  context.textBaseline = "middle";
  layout.lanes.forEach((row, lane) => {
    const { kind, name } = run.about.lanes[lane]!;
    context.fillStyle = palette.lane;
    context.fillRect(GUTTER, row.top, layout.width - GUTTER, row.height);
    context.fillStyle = kind === "helpers" ? palette.dim : palette.ink;
    context.font = kind === "broker" || kind === "client" ? "600 13px system-ui, sans-serif" : "12px system-ui, sans-serif";
    context.textAlign = "right";
    context.fillText(name, GUTTER - 10, row.top + row.height / 2, GUTTER - 14);
  });
}

// Where a broker does not run, its lane is hatched; its page cache too, when the power is off.
function drawOutages({ context, palette, layout, run }: Painter): void {
  for (const outage of run.about.outages) {
    const x = Math.max(layout.x(outage.from), GUTTER);
    const right = Math.min(Math.max(layout.x(outage.to), x + 2), layout.width);
    if (right <= GUTTER || x >= layout.width) continue;
    run.about.lanes.forEach((lane, i) => {
      if (lane.node !== outage.node || lane.kind === "platter") return;
      if (lane.kind === "cache" && outage.how !== "power_loss") return;
      const row = layout.lanes[i]!;
      hatch(context, palette.down, x, row.top, right - x, row.height);
      if (lane.kind === "broker" && right - x > 40) {
        context.fillStyle = palette.ink;
        context.font = "11px system-ui, sans-serif";
        context.textAlign = "center";
        context.fillText("down", (x + right) / 2, row.top + row.height / 2);
      }
    });
  }
}

export function hatch(context: CanvasRenderingContext2D, color: string, x: number, y: number, width: number, height: number,
  gap = 6): void {
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  context.strokeStyle = color;
  context.lineWidth = 1.5;
  context.beginPath();
  const first = Math.floor((x - height) / gap) * gap;
  for (let at = first; at < x + width; at += gap) {
    context.moveTo(at, y + height);
    context.lineTo(at + height, y);
  }
  context.stroke();
  context.restore();
}

// How much each page cache has to lose, as an area that grows with every write and ends at an fsync.
function drawCaches({ context, palette, layout, run }: Painter): void {
  run.about.lanes.forEach((lane, i) => {
    const line = lane.kind === "cache" ? run.caches.get(lane.node) : undefined;
    if (!line) return;
    const row = layout.lanes[i]!;
    const most = Math.max(1, ...visibleExtremes(line.times, line.values, layout));
    const scale = (row.height - 22) / most;
    context.fillStyle = palette.cached;
    context.beginPath();
    const floor = row.top + row.height - 1;
    for (let x = GUTTER; x < layout.width; ++x) {
      const value = mostBetween(line.times, line.values, layout.time(x), layout.time(x + 1));
      if (value > 0) context.rect(x, floor - value * scale, 1, value * scale);
    }
    context.fill();
    context.fillStyle = palette.dim;
    context.font = "11px system-ui, sans-serif";
    context.textAlign = "left";
    const text = most < 10000 ? `${most} B` : most < 1e7 ? `${Math.round(most / 1000)} kB` : `${Math.round(most / 1e6)} MB`;
    context.fillText(`unsynced, up to ${text}`, GUTTER + 6, row.top + 9);
  });
}

function visibleExtremes(times: number[], values: number[], layout: Layout): number[] {
  let most = 0;
  const end = lowerBound(times, layout.view.to);
  for (let i = Math.max(0, lowerBound(times, layout.view.from) - 1); i < end; ++i) most = Math.max(most, values[i]!);
  return [most];
}

function mostBetween(times: number[], values: number[], from: number, to: number): number {
  let i = lowerBound(times, from);
  let most = i > 0 ? values[i - 1]! : 0;
  for (; i < times.length && times[i]! < to; ++i) most = Math.max(most, values[i]!);
  return most;
}

// Bars of a lane whose height is the logarithm of how many events are there, divided by sort.
function drawDensity({ context, palette, layout, run }: Painter, lane: number): void {
  const row = layout.lanes[lane]!;
  const bins = Math.ceil((layout.width - GUTTER) / BIN);
  const totals = new Uint32Array(bins);
  const perSort = SORTS.map((_, sort) => countBins(run.sortTimes[lane]![sort]!, layout, bins, totals));
  let most = 1;
  for (const total of totals) most = Math.max(most, total);
  const room = run.about.lanes[lane]!.kind === "cache" ? 12 : row.height - 6;
  const scale = room / Math.log2(1 + most);
  const floors = new Float32Array(bins).fill(row.top + row.height - 3);
  SORTS.forEach((sort, i) => {
    const counts = perSort[i];
    if (!counts) return;
    context.fillStyle = palette.sorts[sort];
    context.globalAlpha = 0.75;
    context.beginPath();
    for (let bin = 0; bin < bins; ++bin) {
      const count = counts[bin]!;
      if (count === 0) continue;
      const height = (Math.log2(1 + totals[bin]!) * scale * count) / totals[bin]!;
      floors[bin]! -= height;
      context.rect(GUTTER + bin * BIN, floors[bin]!, BIN - 0.5, Math.max(height, 0.7));
    }
    context.fill();
    context.globalAlpha = 1;
  });
}

function countBins(times: Float64Array, layout: Layout, bins: number, totals: Uint32Array): Uint32Array | undefined {
  let at = lowerBound(times, layout.view.from);
  const end = lowerBound(times, layout.view.to);
  if (at === end) return undefined;
  const counts = new Uint32Array(bins);
  for (let bin = 0; bin < bins && at < end; ++bin) {
    const next = lowerBound(times, layout.time(GUTTER + (bin + 1) * BIN), at, end);
    counts[bin] = next - at;
    totals[bin]! += next - at;
    at = next;
  }
  return counts;
}

function drawArrows({ context, palette, layout, run }: Painter): void {
  const { from, to } = layout.view;
  const first = lowerBound(run.arrowTimes, from - Run.SHORT);
  const last = lowerBound(run.arrowTimes, to);
  const shown: number[] = [];
  for (let i = first; i < last && shown.length <= ARROWS_MOST; ++i)
    if (run.times[run.arrowTo[i]!]! >= from) shown.push(i);
  if (shown.length > ARROWS_MOST) return;
  for (const i of run.longArrows) if (i < first && run.times[run.arrowTo[i]!]! >= from) shown.push(i);
  context.globalAlpha = shown.length > 300 ? 0.35 : 0.8;
  context.lineWidth = shown.length > 300 ? 0.8 : 1.2;
  for (const i of shown) {
    const start = run.arrowFrom[i]!;
    const end = run.arrowTo[i]!;
    context.strokeStyle = palette.sorts[arrowSort(run, start, end)];
    drawArrow(context, layout, start, end, shown.length <= 400);
  }
  context.globalAlpha = 1;
}

// An arrow has the colour of what it brings about; a message that of whoever sent it.
function arrowSort(run: Run, start: number, end: number): Sort {
  const lane = run.lane(start).kind;
  if (lane === "client" || lane === "helpers") return "client";
  return run.lane(end).kind === "client" || run.lane(end).kind === "helpers" ? "broker" : run.sort(end);
}

export function drawArrow(context: CanvasRenderingContext2D, layout: Layout, start: number, end: number, withHead: boolean): void {
  const { run } = layout;
  const x1 = layout.x(run.times[start]!);
  const x2 = layout.x(run.times[end]!);
  const y1 = layout.yOf(start);
  const y2 = layout.yOf(end);
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  if (withHead) {
    const angle = Math.atan2(y2 - y1, x2 - x1);
    const size = 6;
    for (const turn of [-0.45, 0.45]) {
      context.moveTo(x2, y2);
      context.lineTo(x2 - size * Math.cos(angle + turn), y2 - size * Math.sin(angle + turn));
    }
  }
  context.stroke();
}

// The shape says the sort as well as the colour does.
export function drawMark({ context, palette, layout, run }: Painter, event: number, scale: number): void {
  const sort = run.sort(event);
  drawShape(context, sort, layout.x(run.times[event]!), layout.yOf(event), 3.6 * scale, palette.sorts[sort]);
}

export function drawShape(context: CanvasRenderingContext2D, sort: Sort, x: number, y: number, r: number, color: string): void {
  context.fillStyle = color;
  context.strokeStyle = color;
  context.beginPath();
  switch (sort) {
    case "net": context.rect(x - 0.7, y - r * 1.2, 1.4, r * 2.4); break;
    case "client": context.arc(x, y, r, 0, 7); break;
    case "broker": context.rect(x - r * 0.9, y - r * 0.9, r * 1.8, r * 1.8); break;
    case "log": polygon(context, [[x, y - r * 1.3], [x + r * 1.3, y], [x, y + r * 1.3], [x - r * 1.3, y]]); break;
    case "write": polygon(context, [[x - r, y - r], [x + r, y - r], [x, y + r]]); break;
    case "sync":
      polygon(context, [[x - r, y - r * 1.1], [x + r, y - r * 1.1], [x, y + r * 0.5]]);
      context.rect(x - r, y + r * 0.7, 2 * r, r * 0.5);
      break;
    case "phase": polygon(context, [[x - r * 0.8, y - r * 1.2], [x + r, y], [x - r * 0.8, y + r * 1.2]]); break;
    case "fault": {
      context.lineWidth = Math.max(2, r * 0.6);
      const arm = r * 1.3;
      context.moveTo(x - arm, y - arm);
      context.lineTo(x + arm, y + arm);
      context.moveTo(x + arm, y - arm);
      context.lineTo(x - arm, y + arm);
      context.stroke();
      return;
    }
  }
  context.fill();
}

function polygon(context: CanvasRenderingContext2D, points: [number, number][]): void {
  points.forEach(([x, y], i) => (i === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
  context.closePath();
}

// What goes wrong is never hidden by a density.
function drawFaultMarks(painter: Painter): void {
  const { context, layout, run, palette } = painter;
  const sort = SORTS.indexOf("fault");
  layout.lanes.forEach((_, lane) => {
    const times = run.sortTimes[lane]![sort]!;
    const end = lowerBound(times, layout.view.to);
    let drawn = -Infinity;
    for (let i = lowerBound(times, layout.view.from); i < end; ++i) {
      const x = layout.x(times[i]!);
      if (x - drawn < 4) continue;
      drawn = x;
      drawShape(context, "fault", x, layout.y(lane, "fault"), 4.5, palette.sorts.fault);
    }
  });
}

// Sentences beside the marks, where there is room before the next one.
function drawLabels({ context, palette, layout, run }: Painter, from: number, to: number): void {
  context.font = "11px system-ui, sans-serif";
  context.textAlign = "left";
  context.fillStyle = palette.ink;
  const free = new Map<number, { event: number; x: number; y: number }>();
  const write = (label: { event: number; x: number; y: number }, until: number): void => {
    const room = until - label.x - 10;
    if (room < 50) return;
    let text = tell(run, label.event);
    const width = context.measureText(text).width;
    if (width > room) text = `${text.slice(0, Math.max(4, Math.floor((text.length * room) / width) - 2))}…`;
    context.fillText(text, label.x + 7, label.y);
  };
  for (let event = from; event < to; ++event) {
    const y = layout.yOf(event);
    const x = layout.x(run.times[event]!);
    const before = free.get(y);
    if (before) write(before, x);
    free.set(y, { event, x, y });
  }
  for (const label of free.values()) write(label, layout.width);
}
