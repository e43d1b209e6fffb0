// SPDX-License-Identifier: Apache-2.0
// node screenshot.mjs PAGE.html OUT.png [WIDTH HEIGHT [HASH [KEYS]]]: how the page looks; `dark` as a key shows it dark.
import { writeFileSync } from "node:fs";
import { Browser } from "./browser.mjs";

const [file, out, width = "1400", height = "900", hash = "", ...keys] = process.argv.slice(2);
const browser = await Browser.start();
try {
  const page = await browser.open(file, { width: Number(width), height: Number(height), hash, dark: keys.includes("dark") });
  for (const key of keys.filter((name) => name !== "dark")) await page.key(key);
  writeFileSync(out, await page.screenshot());
  for (const complaint of page.complaints) console.error(complaint);
} finally {
  await browser.close();
}
