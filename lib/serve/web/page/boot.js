/**
 * Brings the page back if one of its files did not load: the network changed meanwhile, or the server restarted. A
 * classic script, since the modules are what may be missing; it needs neither the style sheet nor them. The page names
 * it twice: where the first request for it failed, the second one may not.
 */

"use strict";

(() => {
  if (globalThis.isBooting) return;
  globalThis.isBooting = true;

  /** How long to wait before the first reload, the second, and all others, in milliseconds. */
  const STEPS_MS = [1000, 2000, 5000];

  /** How long the modules may take to run once all are there, in milliseconds. */
  const RUN_MS = 10_000;

  /** How long the server may take to answer before a reload, in milliseconds. */
  const ANSWER_MS = 10_000;

  const KEY = "reloads";
  let [isRunning, hasFailed] = [false, false];

  /** How often this tab has been reloaded without success. */
  function reloads() {
    try {
      return Number(sessionStorage.getItem(KEY));
    } catch {
      return STEPS_MS.length; // it may not be kept: always the longest step
    }
  }

  function keep(count) {
    try {
      if (count === 0) sessionStorage.removeItem(KEY);
      else sessionStorage.setItem(KEY, String(count));
    } catch {
      // See reloads().
    }
  }

  /** Without its modules the page is dead. Without its style sheet, or in a browser that is too old, trying has an end. */
  function fail({ isDead }) {
    if (hasFailed || (!isDead && reloads() >= STEPS_MS.length)) return;
    hasFailed = true;
    if (document.body) say();
    else document.addEventListener("DOMContentLoaded", say);
    again();
  }

  function say() {
    const line = document.createElement("p");
    line.id = "boot";
    line.setAttribute("role", "status");
    document.body.prepend(line);
    // What is in a new element already is not read out.
    setTimeout(() => line.textContent = "The page could not be loaded; trying again.", 100);
  }

  function again() {
    const count = reloads();
    keep(count + 1);
    setTimeout(reload, STEPS_MS[Math.min(count, STEPS_MS.length - 1)]);
  }

  /** While the server is away, this page says more than the browser's own one. */
  async function reload() {
    try {
      const signal = AbortSignal.timeout?.(ANSWER_MS);
      await fetch(location.href, { method: "HEAD", cache: "no-store", signal });
      location.reload();
    } catch {
      again();
    }
  }

  /** Whether a style sheet is missing. */
  const isBare = () =>
    [...document.querySelectorAll("link[rel=stylesheet]")].some(({ sheet }) => !sheet);

  // Such an event does not rise from its element. A script's also stands for the modules that it imports.
  addEventListener("error", ({ target }) => {
    if (target instanceof HTMLScriptElement) {
      // The second boot.js is there for the first one, and the first one for the second.
      if (target.type === "module") fail({ isDead: true });
    } else if (target instanceof HTMLLinkElement && target.rel === "stylesheet") {
      fail({ isDead: false });
    }
  }, true);

  addEventListener("load", () => {
    if (isBare()) fail({ isDead: false });
    setTimeout(() => isRunning || fail({ isDead: false }), RUN_MS);
  });

  // main.js says so.
  addEventListener("running", () => {
    isRunning = true;
    if (!hasFailed && !isBare()) keep(0);
  });
})();
