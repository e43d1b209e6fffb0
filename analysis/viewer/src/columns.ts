// SPDX-License-Identifier: Apache-2.0
// The packed columns of a page: base64 around zlib around varints. analysis/report/pack.h is the other side.

export function fromBase64(text: string): Uint8Array {
  const native = (Uint8Array as unknown as { fromBase64?: (text: string) => Uint8Array }).fromBase64;
  if (native) return native.call(Uint8Array, text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; ++i) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

export async function inflate(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([bytes as BlobPart]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// Reads varints one after the other. Numbers beyond 2^53 lose their last bits: no column has them.
export class VarintReader {
  private at = 0;
  constructor(private readonly bytes: Uint8Array) {}

  get done(): boolean { return this.at >= this.bytes.length; }

  unsigned(): number {
    let byte = this.bytes[this.at++]!;
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    let scale = 0x80;
    do {
      byte = this.bytes[this.at++]!;
      value += (byte & 0x7f) * scale;
      scale *= 0x80;
    } while (byte >= 0x80);
    return value;
  }

  signed(): number {
    const value = this.unsigned();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}

// The columns by name.
export class ColumnSet {
  private readonly columns = new Map<string, Uint8Array>();

  constructor(directory: { name: string; bytes: number }[], all: Uint8Array) {
    let at = 0;
    for (const { name, bytes } of directory) {
      this.columns.set(name, all.subarray(at, at + bytes));
      at += bytes;
    }
    if (at !== all.length) throw new Error(`the page's data has ${all.length} bytes, its directory ${at}`);
  }

  bytes(name: string): Uint8Array {
    const column = this.columns.get(name);
    if (!column) throw new Error(`the page has no column ${name}`);
    return column;
  }

  reader(name: string): VarintReader { return new VarintReader(this.bytes(name)); }

  fill<T extends Uint8Array | Uint16Array | Uint32Array>(name: string, target: T): T {
    const reader = this.reader(name);
    for (let i = 0; i < target.length; ++i) target[i] = reader.unsigned();
    return target;
  }

  line(name: string): StepLine {
    const reader = this.reader(name);
    const times: number[] = [];
    const values: number[] = [];
    let time = 0;
    let value = 0;
    while (!reader.done) {
      times.push((time += reader.unsigned()));
      values.push((value += reader.signed()));
    }
    return new StepLine(times, values);
  }
}

// The first place in the sorted list at or behind `value`.
export function lowerBound(sorted: ArrayLike<number>, value: number, from = 0, to = sorted.length): number {
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (sorted[middle]! < value) from = middle + 1;
    else to = middle;
  }
  return from;
}

// A line that is level between its points; -1: there is nothing.
export class StepLine {
  constructor(readonly times: number[], readonly values: number[]) {}

  at(time: number): number {
    const next = lowerBound(this.times, time + 1);
    return next === 0 ? -1 : this.values[next - 1]!;
  }
}
