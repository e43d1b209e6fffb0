// SPDX-License-Identifier: Apache-2.0
// Where things are on the canvas, in CSS pixels: from top to bottom the time axis, faults, story, lanes and charts.
import type { Run, Sort } from "./run.js";
import type { View } from "./view.js";

export const GUTTER = 168;
const AXIS = 24;
const STRIP = 22;
const CHART = 168;
const GAP = 6;
const HEIGHTS: Record<string, number> = { helpers: 22, client: 42, broker: 54, cache: 62, platter: 34 };

export interface Row { top: number; height: number }

export class Layout {
  readonly axis: Row = { top: 0, height: AXIS };
  readonly faults: Row = { top: AXIS, height: STRIP };
  readonly story: Row = { top: AXIS + STRIP, height: STRIP };
  readonly lanes: Row[] = [];
  readonly charts: Row[] = [];
  readonly height: number;
  width = 800;

  constructor(readonly run: Run, readonly view: View) {
    let top = AXIS + 2 * STRIP + GAP;
    for (const lane of run.about.lanes) {
      const height = HEIGHTS[lane.kind] ?? 40;
      this.lanes.push({ top, height });
      top += height + (lane.kind === "broker" || lane.kind === "cache" ? 1 : GAP);
    }
    for (let i = 0; i < run.logs.length; ++i) {
      this.charts.push({ top, height: CHART });
      top += CHART + GAP;
    }
    this.height = top;
  }

  x(time: number): number {
    return GUTTER + ((time - this.view.from) / this.view.span) * (this.width - GUTTER);
  }
  time(x: number): number {
    return this.view.from + ((x - GUTTER) / (this.width - GUTTER)) * this.view.span;
  }

  // Messages touch the side of a lane that their other end is on: the network above, disks below.
  y(lane: number, sort: Sort): number {
    const row = this.lanes[lane]!;
    const kind = this.run.about.lanes[lane]!.kind;
    const middle = row.top + row.height / 2;
    if (kind === "broker") {
      if (sort === "net") return row.top + 9;
      return sort === "log" ? row.top + row.height - 11 : middle - 1;
    }
    if (kind === "client") return sort === "net" ? row.top + row.height - 9 : middle - 4;
    return kind === "cache" ? row.top + row.height - 14 : middle;
  }

  yOf(event: number): number { return this.y(this.run.lanes[event]!, this.run.sort(event)); }

  laneAt(y: number): number {
    return this.lanes.findIndex((row) => y >= row.top && y < row.top + row.height);
  }
}
