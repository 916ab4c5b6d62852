#!/usr/bin/env node
// Which program is it on this machine? Starts the binary of the platform's own package, and ends as it ended.
"use strict";

const { spawn } = require("node:child_process");

const platform = `@vigie/cli-${process.platform}-${process.arch}`;
let program;
try {
  program = require.resolve(`${platform}/${process.platform === "win32" ? "vigie.exe" : "vigie"}`);
} catch {
  console.error(`error: ${platform} is not installed: there is none for this platform, or optional dependencies were left out`);
  process.exit(2);
}

const child = spawn(program, process.argv.slice(2), { stdio: "inherit" });
const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
for (const signal of signals) process.on(signal, () => child.kill(signal));
child.on("error", (error) => {
  console.error(`error: ${program} cannot be started: ${error.message}`);
  process.exit(2);
});
child.on("exit", (code, signal) => {
  for (const name of signals) process.removeAllListeners(name);
  if (signal) process.kill(process.pid, signal);
  else process.exit(code);
});
