// Bundles source/zg.js into the package and writes BUILD.md beside it.
// Usage, in this folder:  npm install --no-package-lock && npm run build
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, version } from "esbuild";
import { minify } from "terser";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "..", "..", "src", "zhanggui", "engines", "collection", "tracker");
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

const bundled = await build({
  entryPoints: [join(here, "source", "zg.js")],
  bundle: true,
  minify: true,
  write: false,
  format: "iife",
  target: "es2018",
  legalComments: "none",
});
const smaller = await minify(bundled.outputFiles[0].text, {
  ecma: 2018,
  compress: { passes: 4, conditionals: false },
  format: { quote_style: 1, ascii_only: true }, // whatever encoding the page is in
});
const built = Buffer.from(smaller.code);
writeFileSync(join(target, "zg.js"), built);

const shrinker = JSON.parse(readFileSync(join(here, "node_modules", "terser", "package.json"), "utf8"));
const sources = readdirSync(join(here, "source")).sort();
const rows = sources.map((name) => `| ${name} | ${sha256(readFileSync(join(here, "source", name)))} |`);
const gzipped = gzipSync(built, { level: 9 }).length;
writeFileSync(
  join(target, "BUILD.md"),
  `# The tracker

\`zg.js\` is built from \`frontend/zg/source\` by \`frontend/zg/build.mjs\` with esbuild ${version} and terser ${shrinker.version};
it depends on nothing.

| file | bytes | gzipped | sha256 |
|---|---|---|---|
| zg.js | ${built.length} | ${gzipped} | ${sha256(built)} |

Built from:

| source | sha256 |
|---|---|
${rows.join("\n")}
`,
);
console.log(`zg.js: ${built.length} bytes, ${gzipped} gzipped`);
