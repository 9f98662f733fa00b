/* What the ways to multiply in bfloat16 share: how blocks of operands are packed. Private to this folder. */
#ifndef BFLOAT16_BLOCKS_H
#define BFLOAT16_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Two elements that are neighbours in depth; the first is the lower half. */
typedef uint32_t pair;

enum {
  /* Columns of a vector of 512 bits. */
  LANES = 16,
  /* The most vectors of a row of a panel, that is of a right block. */
  PANEL_VECTORS = 4,
  PANEL_COLUMNS = LANES * PANEL_VECTORS,
  /* The most pairs of a block: a panel and a block of the left matrix stay in the second cache. */
  DEPTH_PAIRS = 256,
  /* The most rows of a left block, and the rows behind it that a tile may read and that come to nothing. */
  LEFT_ROWS = 256,
  MORE_ROWS = 16,
  /* Pairs from one left row to the next: a power of two would bring all rows of a tile to the same places of the cache. */
  LEFT_STRIDE = DEPTH_PAIRS + LANES,
};

/* What a thread has packed: lines of the left matrix are rows, a line's pairs next to each other; of the right
 * matrix a line is a column, and a pair's lines are next to each other. */
typedef struct packed {
  pair left[(LEFT_ROWS + MORE_ROWS) * LEFT_STRIDE];
  pair right[DEPTH_PAIRS * PANEL_COLUMNS];
} packed;

/* Lines of an operand, which are summed over: rows of the left matrix, columns of the right one. */
typedef struct lines {
  const float *values;
  ptrdiff_t stride;
  /* Whether a line's elements lie a stride apart; otherwise the lines do. */
  bool are_across;
  int count, depth;
} lines;

/* Memory that is worth fetching while a product is computed, since it is packed next: runs a stride apart. */
typedef struct fetching {
  const float *values;
  ptrdiff_t stride;
  /* The runs, and the vectors of each. */
  int runs, length;
} fetching;

/* The product of packed blocks. */
typedef struct block_product {
  int rows, columns, pairs;
  float *c;
  ptrdiff_t c_stride;
  bool accumulating;
  /* The rows that are not packed yet, but a tile at a time; NULL where all are. */
  const lines *unpacked;
  /* What else may be fetched meanwhile. */
  fetching next;
} block_product;

/* A way to multiply. */
typedef struct bfloat16_steps {
  void (*pack_left)(packed *memory, lines rows);
  void (*pack_right)(packed *memory, lines columns);
  void (*multiply)(packed *memory, block_product product);
} bfloat16_steps;

/* By operations on floats: of vectors of 512 bits, which the compiler takes apart as the processor needs it. */
bfloat16_steps bfloat16_steps_by_floats(void);

#if defined(__x86_64__) && __has_include(<avx512bf16intrin.h>)
#define BFLOAT16_HAS_INSTRUCTION
/* By AVX512_BF16. */
extern const bfloat16_steps bfloat16_steps_by_instruction;
#endif

static inline int smaller(ptrdiff_t a, int b) { return a < b ? (int)a : b; }
static inline int vectors_for(int columns) { return (columns + LANES - 1) / LANES; }

#endif
