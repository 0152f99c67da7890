/** @file Adam: gradient descent by moving averages of gradients and their squares (Kingma and Ba 2015, algorithm 1). */

const MEAN_DECAY = 0.9;
const SQUARE_DECAY = 0.999;
const EPSILON = 1e-8;

/** From one gradient to the next: what is to be added to the parameters. */
export function adam(size: number, rate: number): (gradient: ArrayLike<number>) => Float64Array {
  const mean = new Float64Array(size);
  const square = new Float64Array(size);
  let step = 0;
  return (gradient) => {
    step++;
    return mean.map((_, i) => {
      const d = gradient[i] as number;
      mean[i] = MEAN_DECAY * (mean[i] as number) + (1 - MEAN_DECAY) * d;
      square[i] = SQUARE_DECAY * (square[i] as number) + (1 - SQUARE_DECAY) * d * d;
      const m = (mean[i] as number) / (1 - MEAN_DECAY ** step);
      const v = (square[i] as number) / (1 - SQUARE_DECAY ** step);
      return (-rate * m) / (Math.sqrt(v) + EPSILON);
    });
  };
}
