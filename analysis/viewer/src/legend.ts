// SPDX-License-Identifier: Apache-2.0
// The legend: each mark, line and hatching as the canvas draws it, with its name.
import { drawShape, hatch } from "./draw_lanes.js";
import { element } from "./panel.js";
import { Palette, readPalette } from "./palette.js";
import type { Sort } from "./run.js";

type Sketch = (context: CanvasRenderingContext2D, palette: Palette) => void;

const mark = (sort: Sort): Sketch => (context, palette) => drawShape(context, sort, 14, 8, 4.4, palette.sorts[sort]);
const line = (color: keyof Palette, dash: number[], width: number): Sketch => (context, palette) => {
  context.strokeStyle = palette[color] as string;
  context.lineWidth = width;
  context.setLineDash(dash);
  context.beginPath();
  context.moveTo(0, 8);
  context.lineTo(28, 8);
  context.stroke();
};
const area = (color: keyof Palette): Sketch => (context, palette) => {
  context.fillStyle = palette[color] as string;
  context.fillRect(0, 2, 28, 12);
};
const hatched = (color: keyof Palette): Sketch => (context, palette) => hatch(context, palette[color] as string, 0, 2, 28, 12);

const ENTRIES: [string, Sketch][] = [
  ["client", mark("client")], ["broker", mark("broker")], ["log", mark("log")], ["bytes arrive", mark("net")],
  ["write to the page cache", mark("write")], ["fsync to the platter", mark("sync")],
  ["goes wrong", mark("fault")], ["start, end", mark("phase")],
  ["fault acts", area("band")], ["process is down", hatched("down")], ["in the page cache only", area("cached")],
  ["called durable, is not", hatched("lie")],
  ["cause", line("cause", [], 2)], ["effect", line("effect", [5, 3], 2)],
  ["violation", line("lie", [2, 3], 1.5)], ["permitted loss", line("permitted", [2, 3], 1.5)],
];

export function fillLegend(): void {
  const palette = readPalette();
  const list = document.getElementById("legend")!;
  list.replaceChildren();
  for (const [name, sketch] of ENTRIES) {
    const canvas = element("canvas");
    const ratio = window.devicePixelRatio || 1;
    canvas.width = 28 * ratio;
    canvas.height = 16 * ratio;
    const context = canvas.getContext("2d")!;
    context.scale(ratio, ratio);
    sketch(context, palette);
    canvas.setAttribute("aria-hidden", "true");
    list.append(element("li", "", canvas, ` ${name}`));
  }
}
