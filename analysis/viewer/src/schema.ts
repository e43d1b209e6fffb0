// SPDX-License-Identifier: Apache-2.0
// Payloads of events, read by the schema that the run carries (broker/base/notation_schema.h).

export type Value = boolean | number | bigint | string | Value[] | Fields;
export interface Fields { [name: string]: Value }

interface Field { name: string; type: string; arrays: number; fields: Field[] }

export class Schema {
  private readonly root: Field = { name: "", type: "struct", arrays: 0, fields: [] };

  constructor(text: string) {
    const open = [this.root];
    for (const line of text.split("\n").slice(1)) {
      const depth = line.search(/\S/) / 2;
      if (depth < 1) continue;
      const [head] = line.trim().split(", ");
      const space = head!.indexOf(" ");
      const type = head!.slice(space + 1);
      const arrays = (type.match(/\[\]/g) ?? []).length;
      const field = { name: head!.slice(0, space), type: type.slice(2 * arrays), arrays, fields: [] };
      open.length = depth;
      open[depth - 1]!.fields.push(field);
      if (field.type === "struct") open.push(field);
    }
  }

  // Bytes that do not fit give what could be read.
  read(bytes: Uint8Array): Fields {
    const reader = new Reader(bytes);
    const into: Fields = {};
    try {
      reader.fields(this.root, into);
    } catch (error) {
      into["unreadable"] = `${error instanceof Error ? error.message : error}`;
    }
    return into;
  }
}

class Reader {
  private at = 0;
  private readonly view: DataView;
  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  fields(parent: Field, into: Fields): Fields {
    for (const field of parent.fields) into[field.name] = this.value(field, field.arrays);
    return into;
  }

  private value(field: Field, arrays: number): Value {
    if (arrays > 0) {
      const count = Math.max(0, this.view.getInt32(this.take(4)));
      if (count > this.bytes.length) throw new Error(`${count} elements of ${field.name}`);
      return Array.from({ length: count }, () => this.value(field, arrays - 1));
    }
    switch (field.type) {
      case "bool": return this.view.getUint8(this.take(1)) !== 0;
      case "int8": return this.view.getInt8(this.take(1));
      case "uint8": return this.view.getUint8(this.take(1));
      case "int16": return this.view.getInt16(this.take(2));
      case "uint16": return this.view.getUint16(this.take(2));
      case "int32": return this.view.getInt32(this.take(4));
      case "uint32": return this.view.getUint32(this.take(4));
      case "int64": return narrow(this.view.getBigInt64(this.take(8)));
      case "uint64": return narrow(this.view.getBigUint64(this.take(8)));
      case "float64": return this.view.getFloat64(this.take(8));
      case "string": return this.text(this.view.getInt16(this.take(2)));
      case "bytes": return this.hex(this.view.getInt32(this.take(4)));
      case "uuid": return this.hex(16);
      case "struct": return this.fields(field, {});
      default: throw new Error(`type ${field.type} of ${field.name}`);
    }
  }

  private take(length: number): number {
    const start = this.at;
    this.at += length;
    return start;
  }

  private text(length: number): string {
    const start = this.take(Math.max(0, length));
    return new TextDecoder().decode(this.bytes.subarray(start, this.at));
  }

  private hex(length: number): string {
    const start = this.take(Math.max(0, length));
    return Array.from(this.bytes.subarray(start, this.at), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }
}

function narrow(value: bigint): number | bigint {
  return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value;
}
