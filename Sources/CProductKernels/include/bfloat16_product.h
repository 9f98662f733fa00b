/* Matrix products whose operands are rounded to bfloat16, the upper halves of floats, and whose sums are floats.
 *
 * It is C because Swift has no word for the instruction that adds the products of two pairs of them, and because each
 * thread needs memory of its own for what is packed. Where the processor has no such instruction, the operands are rounded
 * and multiplied as floats. Both ways give the same bits: each element of a product is summed over its pairs in their
 * order, of each pair the second product first, as the instruction is defined; a product of two rounded operands is exact
 * in a float. Results below the smallest normal float are the exception: the instruction makes them zero.
 */
#ifndef BFLOAT16_PRODUCT_H
#define BFLOAT16_PRODUCT_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Who multiplies. */
typedef enum bfloat16_way {
  /* The instruction for it, AVX512_BF16. */
  BFLOAT16_BY_INSTRUCTION,
  /* Whatever there is for floats. */
  BFLOAT16_BY_FLOATS,
} bfloat16_way;

/* Whether the processor and this build have the instruction; no other way may be asked for where they have not. */
bool bfloat16_has_instruction(void);

/* A matrix of floats, row-major. */
typedef struct bfloat16_operand {
  const float *values;
  /* Floats from one row in memory to the next. */
  ptrdiff_t stride;
  /* Whether what lies in memory is the transpose of what is multiplied. */
  bool is_transposed;
} bfloat16_operand;

/* c = left * right, or c = c + left * right, where left is (rows, depth), right is (depth, columns), and neither is empty.
 *
 * A sum that is added to what c holds begins with that. No product allocates: what is packed lies in the calling thread's
 * own memory. */
void bfloat16_multiply(bfloat16_way way, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth, bfloat16_operand left,
                       bfloat16_operand right, float *c, ptrdiff_t c_stride, bool accumulating);

#ifdef __cplusplus
}
#endif

#endif
