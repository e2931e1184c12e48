/** The steps that a random program may take. A recipe that does not fit the values at hand does nothing. */

import { controlRecipes } from "./recipes-control.ts";
import { elementwiseRecipes, smoothRecipes } from "./recipes-elementwise.ts";
import { foldRecipes } from "./recipes-fold.ts";
import { indexedRecipes } from "./recipes-indexed.ts";
import { shapeRecipes } from "./recipes-shape.ts";
import { windowRecipes } from "./recipes-window.ts";
import type { Scene } from "./scene.ts";

export type Recipe = readonly [weight: number, run: (scene: Scene) => boolean];

const TRIES = 12;

/** Takes one step; gives up after a few recipes that did not fit. */
export function recipes(scene: Scene): void {
  const control = scene.depth < 2 ? controlRecipes(step) : [];
  const all: readonly Recipe[] = [
    ...elementwiseRecipes,
    ...shapeRecipes,
    ...foldRecipes,
    ...windowRecipes,
    ...indexedRecipes,
    ...control,
    ...(scene.limits.differentiable ? smoothRecipes : []),
  ];
  for (let tried = 0; tried < TRIES; tried++) if (scene.random.weighted(all)(scene)) return;
}

/** A few steps inside a region. */
function step(scene: Scene, count: number): void {
  for (let i = 0; i < count; i++) recipes(scene);
}
