// SPDX-License-Identifier: Apache-2.0
// Goal: the viewer that is checked in is the one that its source gives, and stays small. Method: build it anew and
// compare byte for byte; check the types.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const viewer = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "analysis", "viewer");
const modules = process.env.VIEWER_MODULES;

test("the bundle that is checked in is what the source gives", () => {
  const folder = mkdtempSync(join(tmpdir(), "faultline-viewer-"));
  try {
    const built = join(folder, "viewer.html");
    execFileSync(process.execPath, [join(viewer, "build.mjs"), modules, built]);
    assert.ok(readFileSync(built).equals(readFileSync(join(viewer, "dist", "viewer.html"))),
      "analysis/viewer/dist/viewer.html is not what analysis/viewer/src gives: ./dev viewer builds it anew");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the viewer is small", () => {
  const page = readFileSync(join(viewer, "dist", "viewer.html"));
  assert.ok(page.length <= 160 * 1024, `${page.length} bytes`);
  assert.ok(gzipSync(page).length <= 60 * 1024, `${gzipSync(page).length} bytes packed`);
});

test("the types fit", (context) => {
  const compiler = join(modules, "typescript", "bin", "tsc");
  if (!existsSync(compiler)) return context.skip("typescript is not in build/viewer");
  const checked = spawnSync(process.execPath, [compiler, "-p", viewer], { encoding: "utf8" });
  assert.equal(checked.status, 0, checked.stdout);
});
