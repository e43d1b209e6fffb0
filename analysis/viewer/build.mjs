// SPDX-License-Identifier: Apache-2.0
// node build.mjs MODULES OUT: bundles src/ into one page, OUT. MODULES is where npm put the packages of package.json.
// The same sources and the same esbuild give the same bytes; tests/browser holds dist/viewer.html to that.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const [modules, out] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const esbuild = createRequire(join(resolve(modules), "x.js"))("esbuild");

const bundle = async (file, options) => {
  const result = await esbuild.build({
    entryPoints: [join(here, "src", file)], bundle: true, minify: true, write: false, charset: "ascii", legalComments: "none",
    absWorkingDir: here, ...options,
  });
  return result.outputFiles[0].text.trim();
};

const script = await bundle("main.ts", { format: "iife", target: "es2022" });
const style = await bundle("page.css", { target: "chrome110" });
if (/<\/script/i.test(script)) throw new Error("the script would end its own element");
const page = readFileSync(join(here, "src", "page.html"), "utf8")
  .replace("%STYLE%", () => style).replace("%SCRIPT%", () => script);
writeFileSync(out, page);
