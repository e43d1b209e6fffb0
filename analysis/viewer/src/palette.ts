// SPDX-License-Identifier: Apache-2.0
// Colours that differ in lightness as well as in hue (after Okabe and Ito), so that they can be told apart without
// seeing red, green or blue; shapes and dashes say the same again. Read from the page's style, which knows the theme.
import { Sort, SORTS } from "./run.js";

export interface Palette {
  ink: string; dim: string; line: string; paper: string; lane: string;
  fault: string; band: string; down: string; permitted: string; select: string; cause: string; effect: string;
  end: string; flushed: string; platter: string; acked: string; cached: string; lie: string;
  sorts: Record<Sort, string>;
}

export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const get = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    ink: get("ink"), dim: get("dim"), line: get("line"), paper: get("paper"), lane: get("lane"),
    fault: get("fault"), band: get("band"), down: get("down"), permitted: get("permitted"), select: get("select"),
    cause: get("cause"), effect: get("effect"),
    end: get("end"), flushed: get("flushed"), platter: get("platter"), acked: get("acked"), cached: get("cached"),
    lie: get("lie"),
    sorts: Object.fromEntries(SORTS.map((sort) => [sort, get(`sort-${sort}`)])) as Record<Sort, string>,
  };
}
