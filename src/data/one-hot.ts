/** Whether a table has a single 1 in each row, and zeros else. */
export function areOneHot(
  at: (row: number, column: number) => number,
  rows: number,
  columns: number,
): boolean {
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let column = 0; column < columns; column++) {
      const value = at(row, column);
      if (value !== 0 && value !== 1) return false;
      sum += value;
    }
    if (sum !== 1) return false;
  }
  return true;
}
