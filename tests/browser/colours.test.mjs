// SPDX-License-Identifier: Apache-2.0
// Goal: people who do not see red, green or blue can tell apart what stands side by side, and text is readable, in light
// and dark. Method: the colours of the style sheet as such people see them (Machado, Oliveira and Fernandes 2009),
// their distance in CIELAB; contrast as WCAG 2 measures it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const css = readFileSync(join(dirname(fileURLToPath(import.meta.url)), "..", "..", "analysis", "viewer", "src", "page.css"), "utf8");

function colours(block) {
  return Object.fromEntries([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, colour]) => [name, colour]));
}
const blocks = [...css.matchAll(/\{([^{}]*--paper[^{}]*)\}/g)].map(([, block]) => colours(block));
const themes = { light: blocks[0], dark: blocks[1], "dark by choice": blocks[2] };

const SEEN = {
  everything: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  "no red": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  "no green": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
  "no blue": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
};

function linear(colour) {
  return [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
}
const times = (matrix, vector) => matrix.map((row) => row.reduce((sum, factor, i) => sum + factor * vector[i], 0));

function lab(rgb) {
  const xyz = times([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]], rgb.map((part) => Math.min(1, Math.max(0, part))));
  const [x, y, z] = xyz.map((part, i) => part / [0.9505, 1, 1.089][i])
    .map((part) => (part > 0.008856 ? Math.cbrt(part) : 7.787 * part + 16 / 116));
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}
const distance = (a, b) => Math.hypot(...a.map((part, i) => part - b[i]));
const luminance = (colour) => times([[0.2126, 0.7152, 0.0722]], linear(colour))[0];

function contrast(a, b) {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

// What is drawn side by side: the lines of a chart, the sorts within one lane, cause and effect, violation and permission.
const TOGETHER = [
  ["end", "flushed", "platter", "acked"],
  ["sort-net", "sort-client", "sort-fault"],
  ["sort-net", "sort-broker", "sort-log", "sort-fault"],
  ["sort-sync", "sort-fault"],
  ["cause", "effect"],
];

for (const [theme, palette] of Object.entries(themes)) {
  test(`${theme}: what stands side by side can be told apart`, () => {
    for (const [eyes, matrix] of Object.entries(SEEN))
      for (const group of TOGETHER)
        for (const a of group)
          for (const b of group) {
            if (a >= b) continue;
            const apart = distance(lab(times(matrix, linear(palette[a]))), lab(times(matrix, linear(palette[b]))));
            assert.ok(apart >= 12, `${a} and ${b} are ${apart.toFixed(1)} apart to eyes that see ${eyes}`);
          }
  });

  test(`${theme}: text is readable on its ground`, () => {
    for (const ground of ["paper", "lane"])
      for (const text of ["ink", "dim", "fault", "permitted", "lie", "acked", "cause", "effect"]) {
        const ratio = contrast(palette[text], palette[ground]);
        assert.ok(ratio >= 4.5, `${text} on ${ground}: ${ratio.toFixed(2)}`);
      }
  });
}

test("both ways to be dark are the same", () => assert.deepEqual(themes.dark, themes["dark by choice"]));
