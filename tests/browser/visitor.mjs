// What every story in the browser needs: the program, its server, and a visitor who looks at each page.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "../..");
export const binary = process.env.XUESHI ?? path.join(root, "target/release/xueshi");
export const browserPath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
export const pictures = path.join(root, "build/screenshots");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
export const PASSWORD = "xueshi-demo-2026";
export const place = "chengdu";

/** Runs the program to its end. */
export function run(...args) {
  const done = spawnSync(binary, args, { encoding: "utf8", env: { ...process.env, XUESHI_LANG: "en" } });
  assert.equal(done.status, 0, `xueshi ${args.join(" ")}: ${done.stdout}${done.stderr}`);
  return done.stdout;
}

/** Starts the server, on a free port unless one is named; its address, and what it said so far. */
export function serve(data, { port = 0, variables = {} } = {}) {
  const server = spawn(binary, ["serve", "--data", data, "--listen", `127.0.0.1:${port}`], { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, ...variables } });
  let said = "";
  const address = new Promise((resolve, reject) => {
    server.stderr.on("data", (text) => {
      said += text;
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said);
      if (found) resolve(found[0]);
    });
    server.on("exit", () => reject(new Error(`the server ended: ${said}`)));
  });
  return { server, address, said: () => said };
}

/** One browser at one width in one language. */
export class Visitor {
  constructor(page, base, lang, name) {
    Object.assign(this, { page, base, lang, name, number: 0 });
  }

  async go(url) {
    const answer = await this.page.goto(this.base + url);
    assert.ok(answer.status() < 400, `${url}: ${answer.status()}`);
  }

  /** Holds the page against WCAG, looks for what runs out of it, and keeps a picture. */
  async look(what) {
    this.number += 1;
    const title = `${this.name}-${String(this.number).padStart(2, "0")}-${what}`;
    await this.page.evaluate(axe);
    const found = await this.page.evaluate((rules) => globalThis.axe.run(document, { runOnly: rules }), RULES);
    const told = found.violations.map((one) => `${one.id}: ${one.help}\n    ${one.nodes.map((node) => node.html).join("\n    ")}`);
    assert.deepEqual(told, [], `${title}: ${this.page.url()}`);
    const wide = await this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(wide <= 0, `${title}: the page is ${wide} pixels wider than the window`);
    assert.equal(await this.page.evaluate(() => document.documentElement.lang), this.lang === "zh" ? "zh-CN" : "en", title);
    await this.page.screenshot({ path: path.join(pictures, `${title}.png`), fullPage: true });
  }

  async signIn(login) {
    await this.go(`/sign-in?lang=${this.lang}`);
    await this.page.fill("#login", login);
    await this.page.fill("#password", PASSWORD);
    await Promise.all([this.page.waitForURL((url) => !url.pathname.startsWith("/sign-in")), this.page.click("main form button")]);
  }

  async signOut() {
    await Promise.all([this.page.waitForURL(`${this.base}/`), this.page.click('form[action="/sign-out"] button')]);
  }
}
