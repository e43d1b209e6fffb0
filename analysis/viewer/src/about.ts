// SPDX-License-Identifier: Apache-2.0
// What a page says of its run beside the events: the JSON that analysis/report/page.cc writes.

export interface NodeInfo { number: number; name: string }
export interface Lane { kind: "helpers" | "client" | "broker" | "cache" | "platter"; name: string; node: number }
export interface Band {
  fault: number; node: number; from: number; to: number; what: string; detail: string; effects: number; bytes: number;
}
export interface Outage { node: number; from: number; to: number; how: string }
export interface Loss { time: number; from: number; to: number }
export interface LogInfo { name: string; node: number; losses: Loss[] }
export interface StoryLine { time: number; injected: string; storage: string; clients: string; broken: string }
export interface Finding {
  kind: "violation" | "permitted loss" | "offset reuse" | "note";
  property: string; subject: string; since: number; detected: number; expected: string; observed: string; events: number[];
}
export interface Property {
  id: string; name: string; meaning: string; verdict: string; checks: number; violations: number; permitted: number;
}

// The few events that made the finding that matters, and what page cache and platter held then.
export interface Why {
  steps: { event: number; time: number; who: string; what: string; decides: boolean; shows: boolean }[];
  diskTitle: string;
  disk: { where: string; cache: string; platter: string }[];
  rulesOff: string[];
  remarks: string[];
}

export interface About {
  name: string;
  verdict: "held" | "violated" | "unknown";
  headline: string;
  seed: string;
  fingerprint: string;
  build: string;
  replay: string;
  scenario: string;
  counts: Record<string, number>;
  story: StoryLine[];
  kinds: { name: string; schema: string }[];
  properties: Property[];
  events: number;
  findings: Finding[];
  why?: Why;
  nodes: NodeInfo[];
  lanes: Lane[];
  bands: Band[];
  outages: Outage[];
  logs: LogInfo[];
  caches: { node: number }[];
  subjects: string[];
  columns: { name: string; bytes: number }[];
}
