/** @file The conservation ledger: relevance in and out of every node, and where the difference went. */

/** One node's account, in the units of the relevance the walk began with. */
export interface LedgerEntry {
  readonly node: string;
  readonly op: string;
  /** The rule that ran there. */
  readonly rule: string;
  /** Relevance that arrived at the node's outputs. */
  readonly received: number;
  /** Relevance it passed on to its inputs. */
  readonly passed: number;
  /** What the bias absorbed. */
  readonly bias: number;
  /** What the stabiliser absorbed, where the denominator is not 0. */
  readonly stabilizer: number;
  /** What was lost where the denominator is exactly 0. */
  readonly dead: number;
}
export type Ledger = readonly LedgerEntry[];
