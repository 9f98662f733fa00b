#include "bfloat16_product.h"

#include "bfloat16_blocks.h"

static _Thread_local packed own_memory __attribute__((aligned(64)));

/* The blocks are those of Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication", 2008. */
void bfloat16_multiply(bfloat16_way way, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth, bfloat16_operand left,
                       bfloat16_operand right, float *c, ptrdiff_t c_stride, bool accumulating) {
  packed *const memory = &own_memory;
  bfloat16_steps steps = bfloat16_steps_by_floats();
#if defined(BFLOAT16_HAS_INSTRUCTION)
  if (way == BFLOAT16_BY_INSTRUCTION) steps = bfloat16_steps_by_instruction;
#else
  (void)way;
#endif
  for (ptrdiff_t k = 0; k < depth; k += 2 * DEPTH_PAIRS) {
    const int block_depth = smaller(depth - k, 2 * DEPTH_PAIRS);
    for (ptrdiff_t row = 0; row < rows; row += LEFT_ROWS) {
      const int block_rows = smaller(rows - row, LEFT_ROWS);
      const bool left_across = left.is_transposed, right_across = !right.is_transposed;
      const float *const values = left.values + (left_across ? k * left.stride + row : row * left.stride + k);
      const lines left_lines = {values, left.stride, left_across, block_rows, block_depth};
      if (left_across) steps.pack_left(memory, left_lines);
      for (ptrdiff_t column = 0; column < columns; column += PANEL_COLUMNS) {
        const int width = smaller(columns - column, PANEL_COLUMNS);
        const float *const panel =
            right.values + (right_across ? k * right.stride + column : column * right.stride + k);
        steps.pack_right(memory, (lines){panel, right.stride, right_across, width, block_depth});
        const bool is_last = column + width == columns;
        fetching next = {panel + PANEL_COLUMNS, right.stride, block_depth, PANEL_VECTORS};
        if (!right_across) {
          const float *const values = is_last ? right.values + k + block_depth : panel + PANEL_COLUMNS * right.stride;
          next = (fetching){values, right.stride, width, (block_depth + LANES - 1) / LANES};
        }
        steps.multiply(memory, (block_product){block_rows, width, (block_depth + 1) / 2, c + row * c_stride + column,
                                               c_stride, accumulating || k > 0,
                                               left_across || column > 0 ? NULL : &left_lines, next});
      }
    }
  }
}
