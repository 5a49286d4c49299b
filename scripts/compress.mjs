// Compresses the built site once, so that the server need not do it for every visitor.
// Files whose compressed forms are there already are left alone: their names hold their hash.
import { readdirSync, readFileSync, statSync, writeFileSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const TEXT = /\.(css|js|wasm|svg|txt|json)$/;

for (const entry of readdirSync("target/site", { recursive: true })) {
  const file = join("target/site", entry);
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) continue;
  if (/\.(br|gz)$/.test(file)) {
    if (!existsSync(file.slice(0, -3))) rmSync(file);
    continue;
  }
  if (!TEXT.test(file)) continue;
  const made = statSync(file).mtimeMs;
  const done = [".br", ".gz"].every((end) => {
    const other = statSync(file + end, { throwIfNoEntry: false });
    return other && other.mtimeMs >= made;
  });
  if (done) continue;
  const bytes = readFileSync(file);
  // Eight direct distances suit WebAssembly, whose operands repeat a few bytes apart.
  const params = {
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    [constants.BROTLI_PARAM_NDIRECT]: file.endsWith(".wasm") ? 8 : 0,
  };
  writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params }));
  writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
}
