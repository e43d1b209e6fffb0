// SPDX-License-Identifier: Apache-2.0
// Findings in the order in which people want them.
import type { Finding } from "./about.js";

// Violations and permitted losses, by time; violations of one moment first.
export function weighty(findings: Finding[]): Finding[] {
  return findings
    .filter((finding) => finding.kind === "violation" || finding.kind === "permitted loss")
    .sort((a, b) => a.detected - b.detected || (a.kind === b.kind ? 0 : a.kind === "violation" ? -1 : 1));
}
