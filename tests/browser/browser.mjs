// SPDX-License-Identifier: Apache-2.0
// A headless Chromium for tests, spoken to over a pipe in the DevTools protocol, without any package: starts it, opens
// pages, and ends it with its whole process group.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

export const CHROMIUM = process.env.CHROMIUM || "chromium";
const ANSWER_MS = 60_000;

export class Browser {
  static async start() {
    const browser = new Browser();
    await browser.send("Browser.getVersion");
    return browser;
  }

  constructor() {
    this.profile = mkdtempSync(join(tmpdir(), "faultline-browser-"));
    const flags = ["--headless=new", "--remote-debugging-pipe", "--no-first-run", "--disable-gpu", "--disable-extensions",
      "--disable-background-networking", "--disable-dev-shm-usage", "--hide-scrollbars", "--mute-audio", `--user-data-dir=${this.profile}`];
    if (process.getuid?.() === 0) flags.push("--no-sandbox");
    this.process = spawn(CHROMIUM, [...flags, "about:blank"], { detached: true, stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
    this.waiting = new Map();
    this.listeners = new Map();
    this.number = 0;
    this.ended = false;
    this.process.on("exit", () => this.fail(new Error("the browser ended")));
    this.process.on("error", (error) => this.fail(error));
    let text = "";
    this.process.stdio[4].setEncoding("utf8");
    this.process.stdio[4].on("data", (part) => {
      const messages = (text += part).split("\0");
      text = messages.pop();
      for (const message of messages) this.receive(JSON.parse(message));
    });
    this.process.stdio[3].on("error", () => {});
  }

  receive(message) {
    if (message.id === undefined) {
      for (const listener of this.listeners.get(message.sessionId) ?? []) listener(message.method, message.params);
      return;
    }
    const { resolve, reject, timer } = this.waiting.get(message.id) ?? {};
    this.waiting.delete(message.id);
    clearTimeout(timer);
    if (message.error) reject?.(new Error(message.error.message));
    else resolve?.(message.result);
  }

  send(method, params = {}, sessionId = undefined) {
    if (this.ended) return Promise.reject(new Error("the browser ended"));
    const id = ++this.number;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no answer to ${method}`)), ANSWER_MS);
      this.waiting.set(id, { resolve, reject, timer });
      this.process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  fail(error) {
    this.ended = true;
    for (const { reject, timer } of this.waiting.values()) {
      clearTimeout(timer);
      reject(error);
    }
    this.waiting.clear();
  }

  // A page from disk, once it says that it is ready. Its complaints and requests are kept.
  async open(file, { width = 1400, height = 1000, dark = false, hash = "" } = {}) {
    const { targetId } = await this.send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
    const page = new Page(this, targetId, sessionId);
    await page.prepare(width, height, dark);
    await page.send("Page.navigate", { url: pathToFileURL(file).href + hash });
    await page.until("document.body && document.body.dataset.ready === '1'");
    return page;
  }

  async close() {
    const gone = new Promise((resolve) => this.process.once("exit", resolve));
    if (this.process.exitCode === null && this.process.signalCode === null) {
      try {
        process.kill(-this.process.pid, "SIGKILL");
      } catch {
        this.process.kill("SIGKILL");
      }
      await gone;
    }
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

export class Page {
  constructor(browser, targetId, sessionId) {
    this.browser = browser;
    this.targetId = targetId;
    this.sessionId = sessionId;
    this.complaints = [];
    this.requests = [];
  }

  send(method, params) { return this.browser.send(method, params, this.sessionId); }

  async prepare(width, height, dark) {
    this.browser.listeners.set(this.sessionId, [(method, params) => {
      if (method === "Runtime.exceptionThrown") this.complaints.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
      // Chromium advises whoever looks at the canvas: that is the test.
      if (method === "Log.entryAdded" && !params.entry.text.startsWith("Canvas2D: Multiple readback")) this.complaints.push(params.entry.text);
      if (method === "Runtime.consoleAPICalled" && params.type !== "log") this.complaints.push(JSON.stringify(params.args));
      if (method === "Network.requestWillBeSent") this.requests.push(params.request.url);
    }]);
    for (const domain of ["Page", "Runtime", "Log", "Network"]) await this.send(`${domain}.enable`);
    await this.send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
    await this.send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }] });
  }

  async evaluate(expression) {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  async until(expression, ms = 30_000) {
    const end = Date.now() + ms;
    while (!(await this.evaluate(`!!(${expression})`))) {
      if (Date.now() > end) throw new Error(`never came true: ${expression}; ${this.complaints.join("; ")}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async mouse(type, x, y, more = {}) { await this.send("Input.dispatchMouseEvent", { type, x, y, ...more }); }

  async click(x, y) {
    await this.mouse("mousePressed", x, y, { button: "left", buttons: 1, clickCount: 1 });
    await this.mouse("mouseReleased", x, y, { button: "left", clickCount: 1 });
  }

  // "ArrowRight", "z", "shift+N", " ".
  async key(name) {
    const shift = name.startsWith("shift+");
    const key = shift ? name.slice(6) : name;
    const event = { key, modifiers: shift ? 8 : 0, text: key.length === 1 ? key : undefined };
    await this.send("Input.dispatchKeyEvent", { type: key.length === 1 ? "keyDown" : "rawKeyDown", ...event });
    await this.send("Input.dispatchKeyEvent", { type: "keyUp", ...event });
  }

  async screenshot() {
    await this.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
    return Buffer.from((await this.send("Page.captureScreenshot", { format: "png" })).data, "base64");
  }

  async pdf() { return Buffer.from((await this.send("Page.printToPDF", { preferCSSPageSize: true, printBackground: true })).data, "base64"); }

  async close() { await this.browser.send("Target.closeTarget", { targetId: this.targetId }); }
}
