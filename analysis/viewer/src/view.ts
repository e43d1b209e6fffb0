// SPDX-License-Identifier: Apache-2.0
// Which part of the run is shown, where the cursor is and what is selected. Everybody who draws listens here.
import type { Run } from "./run.js";

export type Change = "range" | "cursor" | "selection" | "play" | "theme";

export class View {
  from: number;
  to: number;
  cursor = 0;
  selected = -1;
  playing = false;
  speed = 1;  // of playing, against a twentieth of the shown range a second
  private readonly listeners: ((change: Change) => void)[] = [];
  private static readonly NARROWEST = 2000;  // ns

  constructor(readonly run: Run) {
    const margin = this.wholeMargin;
    this.from = -margin;
    this.to = run.end + margin;
  }

  private get wholeMargin(): number { return Math.max(1000, this.run.end * 0.01); }
  get span(): number { return this.to - this.from; }
  get isWhole(): boolean { return this.span >= this.run.end + 2 * this.wholeMargin - 1; }

  listen(listener: (change: Change) => void): void { this.listeners.push(listener); }
  changed(change: Change): void { for (const listener of this.listeners) listener(change); }

  show(from: number, to: number): void {
    const margin = this.wholeMargin;
    const widest = this.run.end + 2 * margin;
    let span = Math.min(Math.max(to - from, View.NARROWEST), widest);
    const middle = (from + to) / 2;
    let start = middle - span / 2;
    start = Math.min(Math.max(start, -margin), this.run.end + margin - span);
    if (start === this.from && start + span === this.to) return;
    this.from = start;
    this.to = start + span;
    this.changed("range");
  }

  fit(): void { this.show(-this.wholeMargin, this.run.end + this.wholeMargin); }
  pan(by: number): void { this.show(this.from + by, this.to + by); }

  // `factor` < 1 shows less; `around` stays where it is.
  zoom(factor: number, around = this.cursor): void {
    const anchor = around < this.from || around > this.to ? (this.from + this.to) / 2 : around;
    const span = Math.max(this.span * factor, View.NARROWEST);
    const share = (anchor - this.from) / this.span;
    this.show(anchor - share * span, anchor + (1 - share) * span);
  }

  moveTo(time: number): void {
    this.cursor = Math.min(Math.max(time, 0), this.run.end);
    this.reveal(this.cursor);
    this.changed("cursor");
  }

  select(event: number): void {
    this.selected = event;
    if (event >= 0) {
      this.cursor = this.run.times[event]!;
      this.reveal(this.cursor);
      this.changed("cursor");
    }
    this.changed("selection");
  }

  // A moment with its surroundings, wide enough to see what led there.
  zoomTo(time: number, span: number): void {
    this.show(time - span / 2, time + span / 2);
    this.moveTo(time);
  }

  // Steps to the next or previous event, in the lane if one is given.
  step(by: 1 | -1, lane = -1): void {
    const { run } = this;
    let event = this.selected >= 0 && run.times[this.selected] === this.cursor
      ? this.selected + by
      : by > 0 ? run.lastAt(this.cursor) + 1 : run.lastAt(this.cursor);
    while (lane >= 0 && event >= 0 && event < run.count && run.lanes[event] !== lane) event += by;
    if (event >= 0 && event < run.count) this.select(event);
  }

  private reveal(time: number): void {
    if (time < this.from || time > this.to) this.show(time - this.span / 3, time + (this.span * 2) / 3);
  }
}
