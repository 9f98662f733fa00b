#include <string.h>

#include "bfloat16_blocks.h"

/* As the instruction rounds: to nearest even, denormal values to zero, and what is not a number stays so. */
static inline uint32_t rounded(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  const uint32_t magnitude = bits & 0x7fffffff;
  const uint32_t nearest = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
  if (magnitude > 0x7f800000) return bits >> 16 | 0x40;
  return magnitude < 0x00800000 ? bits >> 16 & 0x8000 : nearest;
}

static inline pair pair_of(lines all, int line, int first) {
  const ptrdiff_t next = all.are_across ? all.stride : 1;
  const float *const values = all.values + line * (all.are_across ? 1 : all.stride) + first * next;
  return rounded(values[0]) | (first + 1 < all.depth ? rounded(values[next]) << 16 : 0);
}

static void pack_left(packed *memory, lines rows) {
  for (int row = 0; row < rows.count; row++)
    for (int k = 0; k < rows.depth; k += 2) memory->left[row * LEFT_STRIDE + k / 2] = pair_of(rows, row, k);
}

static void pack_right(packed *memory, lines columns) {
  const int width = vectors_for(columns.count) * LANES;
  for (int k = 0; k < columns.depth; k += 2)
    for (int column = 0; column < width; column++)
      memory->right[k / 2 * width + column] = column < columns.count ? pair_of(columns, column, k) : 0;
}

typedef float floats __attribute__((vector_size(4 * LANES)));
typedef pair pairs __attribute__((vector_size(4 * LANES)));

enum { FLOAT_ROWS = 4 };

/* Wider vectors and fused operations give the same bits: the product of two rounded operands is exact. */
static inline __attribute__((always_inline)) void multiply_floats(const packed *memory, block_product product) {
  const int vectors = vectors_for(product.columns);
  for (int column = 0; column < vectors; column++)
    for (int row = 0; row < product.rows; row += FLOAT_ROWS) {
      const int rows = smaller(product.rows - row, FLOAT_ROWS);
      const size_t bytes = sizeof(float) * smaller(product.columns - column * LANES, LANES);
      float *const c = product.c + row * product.c_stride + column * LANES;
      floats sums[FLOAT_ROWS] = {0};
      for (int i = 0; i < rows && product.accumulating; i++) memcpy(&sums[i], c + i * product.c_stride, bytes);
      for (int p = 0; p < product.pairs; p++) {
        pairs right;
        memcpy(&right, memory->right + (p * vectors + column) * LANES, sizeof right);
        const floats first = (floats)(right << 16), second = (floats)(right & 0xffff0000);
        for (int i = 0; i < FLOAT_ROWS; i++) {
          const pair left = memory->left[(row + i) * LEFT_STRIDE + p];
          const floats left_first = (floats)((pairs){0} + (left << 16));
          const floats left_second = (floats)((pairs){0} + (left & 0xffff0000));
          sums[i] = sums[i] + left_second * second;
          sums[i] = sums[i] + left_first * first;
        }
      }
      for (int i = 0; i < rows; i++) memcpy(c + i * product.c_stride, &sums[i], bytes);
    }
}

/* Nothing is fetched ahead here: the processor does that as far as it can. */
static void multiply(packed *memory, block_product product) {
  if (product.unpacked) pack_left(memory, *product.unpacked);
  multiply_floats(memory, product);
}

#if defined(__x86_64__)
__attribute__((target("avx2,fma"))) static void multiply_wider(packed *memory, block_product product) {
  if (product.unpacked) pack_left(memory, *product.unpacked);
  multiply_floats(memory, product);
}
#endif

bfloat16_steps bfloat16_steps_by_floats(void) {
  bfloat16_steps steps = {pack_left, pack_right, multiply};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) steps.multiply = multiply_wider;
#endif
  return steps;
}
