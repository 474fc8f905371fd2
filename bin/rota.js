#!/usr/bin/env node
// The command `rota`. Runs on any Node, so that an old one is told what to do instead of failing on new syntax.
"use strict";

// The first Node 24 whose SQLite (3.53) has the fix for the bug that could corrupt a database in WAL mode.
var oldest = [24, 21, 0];

var have = process.versions.node.split(".").map(Number);
var differing = [0, 1, 2].find(function (index) {
  return have[index] !== oldest[index];
});

if (differing !== undefined && have[differing] < oldest[differing]) {
  console.error(
    "rota: this is Node " + process.versions.node + ", and Rota needs Node " + oldest.join(".") + " or newer",
  );
  console.error("  → install it from https://nodejs.org, or with a version manager: nvm install 24");
  console.error("  → in a clone of the repository, `npm start` brings its own Node");
  process.exitCode = 1;
} else {
  import("../dist/cli/main.js").catch(function (error) {
    var isMissing =
      error.code === "ERR_MODULE_NOT_FOUND" && String(error.message).includes("dist/cli/main.js");
    if (!isMissing) throw error;
    console.error("rota: this copy of Rota is not built");
    console.error("  → run: npm run build");
    process.exitCode = 1;
  });
}
