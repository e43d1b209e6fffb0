// SPDX-License-Identifier: Apache-2.0
// Goal: a page shows what happened, by itself, quickly, to people with a mouse, with a keyboard, with neither. Method:
// pages of real runs in a headless Chromium; what they show is compared with the run's own events.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Browser } from "./browser.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const faultline = process.env.FAULTLINE;
const folder = mkdtempSync(join(tmpdir(), "faultline-pages-"));
const gate = join(folder, "gate.html");    // violated; more than 100,000 events
const cache = join(folder, "cache.html");  // permitted losses
let browser;

function makePage(out, scenario, sets) {
  const run = `${out}.flrun`;
  const ran = spawnSync(faultline, ["run", join(root, "scenarios", scenario), ...sets.flatMap((set) => ["--set", set]), "--out", run]);
  assert.ok(ran.status === 0 || ran.status === 1, `${ran.stderr}`);
  execFileSync(faultline, ["report", run, "-o", out]);
}

before(async () => {
  makePage(gate, "fsync-gate.json", ['rules_off=["fence_on_fsync_error"]']);
  makePage(cache, "page-cache-only.json", []);
  browser = await Browser.start();
});

after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function withPage(file, options, use) {
  const page = await browser.open(file, options);
  try {
    await use(page);
    assert.deepEqual(page.complaints, [], "the page complained");
  } finally {
    await page.close();
  }
}

const frame = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))";
const selectedText = "document.getElementById('selected').innerText";
const selectedIs = (page) => page.evaluate("faultline.view.selected");
// Where an event is on the screen.
const placeOf = (page, event) => page.evaluate(`(() => {
  const box = faultline.stage.canvas.getBoundingClientRect();
  return [box.left + faultline.stage.layout.x(faultline.run.times[${event}]), box.top + faultline.stage.layout.yOf(${event})];
})()`);

test("it loads itself and nothing else, without a complaint", () => withPage(gate, {}, async (page) => {
  const others = page.requests.filter((url) => url !== pathToFileURL(gate).href && !url.startsWith("data:"));
  assert.deepEqual(others, []);
}));

test("verdict, headline, story and findings stand beside the picture", () => withPage(gate, {}, async (page) => {
  const text = await page.evaluate("document.body.innerText");
  for (const part of ["VIOLATED", "fsync-gate", "flushed up to offset 810, but the disk dropped offset 809", "fsync fails, dirty pages are dropped",
    "KILL b1", "a log that was told of a failed fsync does not call its bytes durable"])
    assert.ok(text.includes(part), part);
}));

test("every lane and chart is drawn", () => withPage(cache, {}, async (page) => {
  const rows = await page.evaluate(`(() => {
    const { stage } = faultline, { layout, canvas } = stage;
    return [...layout.lanes, ...layout.charts, layout.faults, layout.story].map((row) => {
      const { data } = canvas.getContext("2d").getImageData(170, row.top, canvas.width - 170, row.height);
      const seen = new Map();
      for (let i = 0; i < data.length; i += 4) {
        const colour = data[i] << 16 | data[i + 1] << 8 | data[i + 2];
        seen.set(colour, (seen.get(colour) ?? 0) + 1);
      }
      return seen.size;
    });
  })()`);
  for (const [row, colours] of rows.entries()) assert.ok(colours >= 3, `row ${row} has ${colours} colours`);
}));

test("it opens where it went wrong, with the event, its cause and what came of it", () => withPage(gate, {}, async (page) => {
  const text = await page.evaluate(selectedText);
  assert.match(text, /^b1 orders-0: all before 810 is durable, it says/);
  assert.match(text, /What led here[\s\S]*fsync: 0 B reach the platter[\s\S]*sync fails: input\/output error[\s\S]*What came of it[\s\S]*acks offset 809/);
  const state = await page.evaluate("document.getElementById('state').innerText");
  assert.match(state, /says durable 810; on the platter 809/);
}));

test("each step of the why leads to its event", () => withPage(gate, {}, async (page) => {
  const steps = await page.evaluate("faultline.run.about.why.steps");
  assert.ok(steps.length >= 5, `${steps.length} steps`);
  for (const [i, step] of steps.entries()) {
    await page.evaluate(`document.querySelectorAll("#why button")[${i}].click()`);
    assert.equal(await selectedIs(page), step.event);
    assert.equal(await page.evaluate("faultline.view.cursor"), step.time);
  }
  const text = await page.evaluate("document.getElementById('why').innerText");
  assert.match(text, /drops 9,294 bytes[\s\S]*the step that decides[\s\S]*offset 809\s+nothing of it[\s\S]*switched off: fence_on_fsync_error/);
}));

test("a click selects the event under it and shows its cause and effects", () => withPage(cache, {}, async (page) => {
  await page.evaluate("faultline.view.zoomTo(5e9, 20e6)");
  await page.evaluate(frame);
  const event = await page.evaluate(`(() => {
    const { run, view } = faultline;
    for (let event = 0; event < run.count; ++event)
      if (run.times[event] > 4.995e9 && run.kindName(event) === "log.appended") return event;
  })()`);
  await page.click(...await placeOf(page, event));
  assert.equal(await selectedIs(page), event);
  const { cause, words } = await page.evaluate(`(() => {
    const cause = faultline.run.causes[${event}];
    return { cause, words: faultline.run.idText(${event}) };
  })()`);
  const text = await page.evaluate(selectedText);
  assert.match(text, /^b1 appends \d+(\.\.\d+)? to orders-0/);
  assert.ok(text.includes(words), words);
  assert.match(text, /What led here[\s\S]*Produce request of p1[\s\S]*What came of it[\s\S]*writes \d+ B at/);
  await page.click(...await placeOf(page, cause));
  assert.equal(await selectedIs(page), cause);
  // Beside everything: nothing is selected, the cursor moves.
  const [x] = await placeOf(page, event);
  await page.click(x + 200, (await page.evaluate("faultline.stage.canvas.getBoundingClientRect().top")) + 5);
  assert.equal(await selectedIs(page), -1);
}));

test("what is shown of an event is what the command line prints of it", () => withPage(cache, {}, async (page) => {
  const run = `${cache}.flrun`;
  const lines = execFileSync(faultline, ["events", run, "--kind", "disk.lost"], { encoding: "utf8" }).trim().split("\n");
  const shown = await page.evaluate(`(() => {
    const { run } = faultline;
    const found = [];
    for (let event = 0; event < run.count; ++event)
      if (run.kindName(event) === "disk.lost") found.push([(run.times[event] / 1e9).toFixed(9), run.idText(event), run.payload(event)]);
    return found;
  })()`);
  assert.equal(shown.length, lines.length);
  lines.forEach((line, i) => {
    const [time, id, payload] = shown[i];
    assert.ok(line.includes(time) && line.includes(` ${id} `), `${line} against ${time} ${id}`);
    assert.ok(line.includes(`path: "${payload.path}", offset: ${payload.offset}, length: ${payload.length}`), line);
  });
}));

test("the keyboard moves time, from event to event and from fault to fault", () => withPage(cache, {}, async (page) => {
  await page.key("Escape");
  await page.key("Home");
  assert.equal(await page.evaluate("faultline.view.cursor"), 0);
  await page.key("ArrowRight");
  const first = await selectedIs(page);
  await page.key("ArrowRight");
  assert.equal(await selectedIs(page), first + 1);
  await page.key("ArrowLeft");
  assert.equal(await selectedIs(page), first);
  const faults = await page.evaluate("faultline.run.about.bands.map((band) => band.from)");
  for (const time of faults) {
    await page.key("n");
    assert.equal(await page.evaluate("faultline.view.cursor"), time);
  }
  await page.key("shift+N");
  assert.equal(await page.evaluate("faultline.view.cursor"), faults[faults.length - 2]);
  await page.key("Home");
  await page.key("v");
  const losses = await page.evaluate("faultline.run.about.findings.filter((finding) => finding.kind === 'permitted loss').map((finding) => finding.detected)");
  assert.equal(await page.evaluate("faultline.view.cursor"), Math.min(...losses));
  const whole = await page.evaluate("faultline.view.span");
  await page.key("+");
  assert.equal(await page.evaluate("faultline.view.span"), whole / 2);
  const from = await page.evaluate("faultline.view.from");
  await page.key("shift+ArrowRight");
  assert.ok(await page.evaluate("faultline.view.from") > from);
  await page.key("z");
  assert.equal(await page.evaluate("faultline.view.span"), 20e6);
  await page.key("0");
  assert.equal(await page.evaluate("faultline.view.span"), whole);
}));

test("the keyboard follows causes and effects, and changes lanes", () => withPage(gate, {}, async (page) => {
  const event = await selectedIs(page);
  await page.key("c");
  const cause = await selectedIs(page);
  assert.equal(cause, await page.evaluate(`faultline.run.causes[${event}]`));
  await page.key("e");
  assert.equal(await page.evaluate(`faultline.run.causes[faultline.view.selected]`), cause);
  const lane = await page.evaluate("faultline.run.lanes[faultline.view.selected]");
  await page.key("ArrowDown");
  assert.ok(await page.evaluate("faultline.run.lanes[faultline.view.selected]") > lane);
  await page.key("ArrowUp");
  assert.equal(await page.evaluate("faultline.run.lanes[faultline.view.selected]"), lane);
}));

test("time plays and pauses", () => withPage(cache, {}, async (page) => {
  await page.key("Home");
  await page.key(" ");
  await page.until("faultline.view.cursor > 1e8");
  await page.key(" ");
  const stopped = await page.evaluate("faultline.view.cursor");
  await page.evaluate(frame);
  assert.equal(await page.evaluate("faultline.view.cursor"), stopped);
  assert.equal(await page.evaluate("document.getElementById('play').textContent"), "▶ play");
}));

test("the mouse drags, and its wheel zooms around where it points", () => withPage(cache, {}, async (page) => {
  await page.evaluate("faultline.view.zoomTo(30e9, 10e9)");
  const box = await page.evaluate("(({ left, top }) => [left, top])(faultline.stage.canvas.getBoundingClientRect())");
  const [x, y] = [box[0] + 500, box[1] + 150];
  const time = await page.evaluate("faultline.stage.layout.time(500)");
  await page.mouse("mousePressed", x, y, { button: "left", buttons: 1, clickCount: 1 });
  await page.mouse("mouseMoved", x + 100, y, { button: "left", buttons: 1 });
  await page.mouse("mouseReleased", x + 100, y, { button: "left", clickCount: 1 });
  assert.ok(Math.abs(await page.evaluate("faultline.stage.layout.time(600)") - time) < 1e6);
  await page.mouse("mouseWheel", x, y, { deltaX: 0, deltaY: -200 });
  await page.until("faultline.view.span < 9e9");
}));

test("a moment has an address", () => withPage(cache, { hash: "#t=40.056&e=1000" }, async (page) => {
  assert.equal(await page.evaluate("faultline.view.cursor"), 40.056e9);
  assert.equal(await selectedIs(page), 1000);
}));

test("100,000 events are drawn within a second, and panning stays fluid", () => withPage(gate, {}, async (page) => {
  const figures = await page.evaluate(`(() => {
    const { run, stage, view } = faultline;
    stage.draw();
    const whole = stage.drawMs;
    const pans = [];
    for (const span of [40e9, 1e9, 0.1e9]) {
      view.zoomTo(30e9, span);
      for (let i = 0; i < 30; ++i) {
        view.pan(span / 100);
        stage.draw();
        pans.push(stage.drawMs);
      }
    }
    pans.sort((a, b) => a - b);
    return { events: run.count, unpack: faultline.unpackMs, start: faultline.startMs, whole, median: pans[45], slowest: pans[89] };
  })()`);
  console.log(`# ${JSON.stringify(figures, (_, value) => (typeof value === "number" ? Math.round(value * 10) / 10 : value))}`);
  assert.ok(figures.events >= 100_000, `${figures.events} events`);
  assert.ok(figures.whole <= 1000, `drawing took ${figures.whole} ms`);
  assert.ok(figures.median <= 50, `a frame of panning took ${figures.median} ms`);
}));

test("on paper there are picture, verdict, story and findings, and no buttons", () => withPage(gate, { dark: true }, async (page) => {
  await page.send("Emulation.setEmulatedMedia", { media: "print" });
  assert.equal(await page.evaluate("getComputedStyle(document.querySelector('nav')).display"), "none");
  for (const id of ["verdict", "stage", "story", "findings", "legend"])
    assert.ok(await page.evaluate(`document.getElementById("${id}").getBoundingClientRect().height > 10`), id);
  const pdf = await page.pdf();
  assert.ok(pdf.subarray(0, 5).toString() === "%PDF-" && pdf.length > 20_000, `${pdf.length} bytes`);
}));

test("it is dark where the reader wants that, or by a key", async () => {
  const ground = "getComputedStyle(document.body).backgroundColor";
  await withPage(cache, { dark: true }, async (page) => {
    assert.equal(await page.evaluate(ground), "rgb(21, 24, 28)");
    const pixel = "[...faultline.stage.canvas.getContext('2d').getImageData(2, 2, 1, 1).data].slice(0, 3).join()";
    assert.equal(await page.evaluate(pixel), "21,24,28");
    await page.key("t");
    await page.evaluate(frame);
    assert.equal(await page.evaluate(ground), "rgb(255, 255, 255)");
    assert.equal(await page.evaluate(pixel), "255,255,255");
  });
});

test("everything that can be pressed has a name, and the picture a twin in words", () => withPage(cache, {}, async (page) => {
  const nameless = await page.evaluate(`[...document.querySelectorAll("button, select, canvas:not([aria-hidden])")]
    .filter((one) => !(one.getAttribute("aria-label") || one.title || one.textContent.trim())).map((one) => one.outerHTML)`);
  assert.deepEqual(nameless, []);
  const rows = await page.evaluate("[...document.querySelectorAll('#around tr')].map((row) => row.textContent)");
  assert.equal(rows.length, 15);
  await page.key("ArrowRight");
  const live = await page.evaluate("document.getElementById('live').textContent");
  assert.ok(live.length > 10, live);
}));

test("a page is small enough to be sent", () => {
  assert.ok(statSync(cache).size < 2_500_000, `${statSync(cache).size} bytes`);
});
