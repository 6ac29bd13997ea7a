import type { PassCall } from '../../observe/pass.js';
import { type Box, linesOf, panelOf, takersOf } from './panel.js';
import type { Vertex } from './vertices.js';

/** A block of a network, drawn once for all that are alike. */
export interface Structure {
  /** The module's class; with a letter where several structures are of one class. */
  readonly name: string;
  readonly boxes: readonly Box[];
}

/** A network and the blocks that are drawn beside it. */
export interface Structures {
  readonly boxes: readonly Box[];
  readonly blocks: readonly Structure[];
  /** The structure of a block. */
  structureOf(box: Box): Structure;
}

/** Whether nothing in a panel leads to several, or comes from several. */
export function isChain(boxes: readonly Box[]): boolean {
  return boxes.every((box) => box.from.length <= 1 && takersOf(boxes, box).length <= 1);
}

/**
 * What of a network is drawn as blocks: modules with branches in them that occur several times. Chains, and what
 * occurs once, stand where they are.
 */
export function structuresOf(root: PassCall, vertices: readonly Vertex[]): Structures {
  const opened = new Set<PassCall>([root]);
  const kinds = new Map<PassCall, string>();
  // A panel's text: sizes are not in it, as they differ between blocks that are alike.
  const kindOf = (boxes: readonly Box[]): string =>
    JSON.stringify(
      boxes.map((box) => [
        box.kind,
        box.call === undefined ? linesOf(box) : kinds.get(box.call),
        box.count,
        box.from.map((each) => boxes.indexOf(each)),
      ]),
    );
  for (const call of innerFirst(root, vertices)) {
    const boxes = panelOf(call, vertices, opened);
    if (isChain(boxes)) opened.add(call);
    else kinds.set(call, `${call.module.constructor.name} ${kindOf(boxes)}`);
  }
  const all = [...kinds.values()];
  for (const [call, kind] of kinds) {
    if (all.filter((each) => each === kind).length === 1) opened.add(call);
  }
  const boxes = panelOf(root, vertices, opened);
  const found = new Map<string, Structure & { name: string }>();
  const visit = (panel: readonly Box[]): void => {
    for (const { call } of panel) {
      const kind = call && kinds.get(call);
      if (kind === undefined || found.has(kind)) continue;
      const inside = panelOf(call!, vertices, opened);
      found.set(kind, { name: call!.module.constructor.name || 'block', boxes: inside });
      visit(inside);
    }
  };
  visit(boxes);
  const blocks = [...found.values()];
  name(blocks);
  return { boxes, blocks, structureOf: ({ call }) => found.get(kinds.get(call!)!)! };
}

function name(blocks: readonly { name: string }[]): void {
  const names = blocks.map((block) => block.name);
  const used = new Map<string, number>();
  for (const [i, block] of blocks.entries()) {
    const class_ = names[i]!;
    if (names.filter((each) => each === class_).length === 1) continue;
    const number = used.get(class_) ?? 0;
    used.set(class_, number + 1);
    block.name = `${class_} ${String.fromCodePoint(97 + (number % 26))}`;
  }
}

// The modules with layers in them, each after those that it has called; without the network.
function innerFirst(root: PassCall, vertices: readonly Vertex[]): PassCall[] {
  const found = new Map<PassCall, number>();
  for (const { within } of vertices) {
    for (const [depth, call] of within.entries()) found.set(call, depth);
  }
  found.delete(root);
  return [...found].sort(([, a], [, b]) => b - a).map(([call]) => call);
}
