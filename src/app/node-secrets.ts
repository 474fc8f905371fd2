// Secrets by Node's own cryptography.

import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Secrets } from "../ports/secrets.ts";

export class NodeSecrets implements Secrets {
  bytes(count: number): Uint8Array {
    return randomBytes(count);
  }

  digest(text: string): string {
    return createHash("sha256").update(text).digest("hex");
  }

  isEqual(a: string, b: string): boolean {
    const [left, right] = [Buffer.from(a), Buffer.from(b)];
    return left.length === right.length && timingSafeEqual(left, right);
  }
}
