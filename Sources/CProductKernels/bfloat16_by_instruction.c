#include "bfloat16_blocks.h"
#include "bfloat16_product.h"

#if defined(BFLOAT16_HAS_INSTRUCTION)

#include <immintrin.h>

#define BY_INSTRUCTION __attribute__((target("avx512f,avx512bw,avx512vl,avx512bf16")))

bool bfloat16_has_instruction(void) {
  return __builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl");
}

/* The lanes from 0 on that a vector has of what is left. */
BY_INSTRUCTION static inline __mmask16 lanes(int left) {
  return left >= LANES ? 0xffff : left <= 0 ? 0 : (__mmask16)((1u << left) - 1);
}

/* Sixteen pairs of a line whose elements are next to each other. */
BY_INSTRUCTION static inline __m512i pairs_along(const float *values, int left) {
  const __m512 low = _mm512_maskz_loadu_ps(lanes(left), values);
  const __m512 high = _mm512_maskz_loadu_ps(lanes(left - LANES), values + LANES);
  return (__m512i)_mm512_cvtne2ps_pbh(high, low);
}

/* A pair of each of sixteen lines that are next to each other. */
BY_INSTRUCTION static inline __m512i pairs_across(const float *first, const float *second, __mmask16 mask) {
  const __m512i order = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6, 21,
                                         5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
  const __m512 low = _mm512_maskz_loadu_ps(mask, first);
  const __m512 high = second ? _mm512_maskz_loadu_ps(mask, second) : _mm512_setzero_ps();
  return _mm512_permutexvar_epi16(order, (__m512i)_mm512_cvtne2ps_pbh(high, low));
}

/* Pair p of sixteen lines from one on, where a line's elements lie apart. */
BY_INSTRUCTION static inline __m512i pairs_at(lines all, int p, int line) {
  if (2 * p >= all.depth) return _mm512_setzero_si512();
  const float *const first = all.values + 2 * p * all.stride + line;
  return pairs_across(first, 2 * p + 1 < all.depth ? first + all.stride : NULL, lanes(all.count - line));
}

/* Sixteen pairs from one on of a line whose elements are next to each other. */
BY_INSTRUCTION static inline __m512i pairs_of(lines all, int line, int p) {
  if (line >= all.count) return _mm512_setzero_si512();
  return pairs_along(all.values + line * all.stride + 2 * p, all.depth - 2 * p);
}

/* Writes the transpose of a square of sixteen by sixteen. */
BY_INSTRUCTION static inline void store_transpose(__m512i square[LANES], pair *target, int stride) {
  __m512i other[LANES];
  for (int i = 0; i < LANES; i += 2) {
    other[i] = _mm512_unpacklo_epi32(square[i], square[i + 1]);
    other[i + 1] = _mm512_unpackhi_epi32(square[i], square[i + 1]);
  }
  for (int i = 0; i < LANES; i += 4)
    for (int j = 0; j < 2; j++) {
      square[i + 2 * j] = _mm512_unpacklo_epi64(other[i + j], other[i + j + 2]);
      square[i + 2 * j + 1] = _mm512_unpackhi_epi64(other[i + j], other[i + j + 2]);
    }
  /* Now vector 4 i + j has, in its quarter q, the elements 4 i ... 4 i + 3 of line 4 q + j. */
  for (int j = 0; j < 4; j++) {
    other[j] = _mm512_shuffle_i32x4(square[j], square[4 + j], 0x88);
    other[4 + j] = _mm512_shuffle_i32x4(square[j], square[4 + j], 0xdd);
    other[8 + j] = _mm512_shuffle_i32x4(square[8 + j], square[12 + j], 0x88);
    other[12 + j] = _mm512_shuffle_i32x4(square[8 + j], square[12 + j], 0xdd);
  }
  for (int j = 0; j < 4; j++) {
    _mm512_store_si512(target + j * stride, _mm512_shuffle_i32x4(other[j], other[8 + j], 0x88));
    _mm512_store_si512(target + (4 + j) * stride, _mm512_shuffle_i32x4(other[4 + j], other[12 + j], 0x88));
    _mm512_store_si512(target + (8 + j) * stride, _mm512_shuffle_i32x4(other[j], other[8 + j], 0xdd));
    _mm512_store_si512(target + (12 + j) * stride, _mm512_shuffle_i32x4(other[4 + j], other[12 + j], 0xdd));
  }
}

/* Packs some rows whose elements are next to each other. */
BY_INSTRUCTION static void pack_rows(packed *memory, lines rows, int first, int end) {
  for (int row = first; row < end && row < rows.count; row++)
    for (int p = 0; 2 * p < rows.depth; p += LANES)
      _mm512_store_si512(memory->left + row * LEFT_STRIDE + p, pairs_of(rows, row, p));
}

BY_INSTRUCTION static void pack_left(packed *memory, lines rows) {
  const int count = (rows.depth + 1) / 2;
  if (!rows.are_across) return pack_rows(memory, rows, 0, rows.count);
  for (int row = 0; row < rows.count; row += LANES)
    for (int p = 0; p < count; p += LANES) {
      __m512i square[LANES];
      for (int i = 0; i < LANES; i++) square[i] = pairs_at(rows, p + i, row);
      store_transpose(square, memory->left + row * LEFT_STRIDE + p, LEFT_STRIDE);
    }
}

BY_INSTRUCTION static void pack_right(packed *memory, lines columns) {
  const int count = (columns.depth + 1) / 2, width = vectors_for(columns.count) * LANES;
  for (int p = 0; p < count && columns.are_across; p++)
    for (int column = 0; column < width; column += LANES)
      _mm512_store_si512(memory->right + p * width + column, pairs_at(columns, p, column));
  for (int column = 0; column < width && !columns.are_across; column += LANES)
    for (int p = 0; p < count; p += LANES) {
      __m512i square[LANES];
      for (int i = 0; i < LANES; i++) square[i] = pairs_of(columns, column + i, p);
      store_transpose(square, memory->right + p * width + column, width);
    }
}

/* Some rows of a product with a panel: their sums stay in registers. The last rows of a block, and the last columns of a
 * panel, may be beyond the product: what they come to is left there. Each step fetches a line of the cache: many at once
 * would wait for each other. */
#define FOR_EACH_SUM(ROWS, VECTORS) \
  _Pragma("unroll") for (int i = 0; i < ROWS; i++) _Pragma("unroll") for (int v = 0; v < VECTORS; v++)
#define DEFINE_TILE(ROWS, VECTORS) \
  BY_INSTRUCTION static void tile_##ROWS##_##VECTORS(const block_product *product, fetching next, const pair *left, \
                                                     const pair *right, float *c, int rows) { \
    __m512 sums[ROWS][VECTORS]; \
    const __mmask16 last = lanes(product->columns - LANES * (VECTORS - 1)); \
    const bool is_whole = rows >= ROWS && last == 0xffff; \
    if (!product->accumulating) { \
      FOR_EACH_SUM(ROWS, VECTORS) sums[i][v] = _mm512_setzero_ps(); \
    } else if (is_whole) { \
      FOR_EACH_SUM(ROWS, VECTORS) sums[i][v] = _mm512_loadu_ps(c + i * product->c_stride + v * LANES); \
    } else { \
      FOR_EACH_SUM(ROWS, VECTORS) { \
        const __mmask16 mask = i >= rows ? 0 : v + 1 == VECTORS ? last : 0xffff; \
        sums[i][v] = _mm512_maskz_loadu_ps(mask, c + i * product->c_stride + v * LANES); \
      } \
    } \
    const float *run = next.values; \
    for (int p = 0; p < product->pairs; run += next.stride) { \
      const float *ahead = run; \
      const int end = smaller(product->pairs - p, next.length) + p; \
      for (; p < end; p++, ahead += LANES, right += LANES * VECTORS) { \
        __m512bh panel[VECTORS]; \
        _mm_prefetch((const char *)ahead, _MM_HINT_T1); \
        _Pragma("unroll") for (int v = 0; v < VECTORS; v++) panel[v] = \
            (__m512bh)_mm512_load_si512(right + v * LANES); \
        _Pragma("unroll") for (int i = 0; i < ROWS; i++) { \
          const __m512bh factor = (__m512bh)_mm512_set1_epi32((int)left[i * LEFT_STRIDE + p]); \
          _Pragma("unroll") for (int v = 0; v < VECTORS; v++) sums[i][v] = \
              _mm512_dpbf16_ps(sums[i][v], factor, panel[v]); \
        } \
      } \
    } \
    if (is_whole) { \
      FOR_EACH_SUM(ROWS, VECTORS) _mm512_storeu_ps(c + i * product->c_stride + v * LANES, sums[i][v]); \
      return; \
    } \
    FOR_EACH_SUM(ROWS, VECTORS) { \
      const __mmask16 mask = i >= rows ? 0 : v + 1 == VECTORS ? last : 0xffff; \
      _mm512_mask_storeu_ps(c + i * product->c_stride + v * LANES, mask, sums[i][v]); \
    } \
  }

/* Twenty-four sums at a time, or what is enough for the last rows: the instruction's latency is six or so. */
DEFINE_TILE(12, 1)
DEFINE_TILE(4, 1)
DEFINE_TILE(12, 2)
DEFINE_TILE(4, 2)
DEFINE_TILE(8, 3)
DEFINE_TILE(4, 3)
DEFINE_TILE(6, 4)
DEFINE_TILE(4, 4)
DEFINE_TILE(2, 4)

typedef struct tile {
  int rows;
  void (*multiply)(const block_product *product, fetching next, const pair *left, const pair *right, float *c,
                   int rows);
} tile;

/* By the vectors of a panel: tiles of fewer and fewer rows. */
static const tile tiles[PANEL_VECTORS][3] = {
    {{12, tile_12_1}, {4, tile_4_1}, {4, tile_4_1}},
    {{12, tile_12_2}, {4, tile_4_2}, {4, tile_4_2}},
    {{8, tile_8_3}, {4, tile_4_3}, {4, tile_4_3}},
    {{6, tile_6_4}, {4, tile_4_4}, {2, tile_2_4}},
};

static void multiply(packed *memory, block_product product) {
  const tile *kind = tiles[vectors_for(product.columns) - 1];
  for (int row = 0, fetched = 0, size; row < product.rows; row += size) {
    const int left = product.rows - row;
    /* The largest that is full, or the smallest that takes all. */
    int number = 0;
    while (number < 2 && left <= kind[number + 1].rows) number++;
    size = kind[number].rows;
    /* A tile fetches what the next one packs, or some of what follows the product: as much as it has steps. */
    fetching next = {(const float *)memory->right, 0, 1, product.pairs};
    if (product.unpacked) {
      const lines rows = *product.unpacked;
      pack_rows(memory, rows, row, row + size);
      next = (fetching){rows.values + (row + size) * rows.stride, rows.stride, size, (product.pairs + 7) / 8};
    } else if (fetched < product.next.runs) {
      next = product.next;
      next.values += fetched * next.stride;
      fetched += product.pairs / next.length;
    }
    kind[number].multiply(&product, next, memory->left + row * LEFT_STRIDE, memory->right,
                          product.c + row * product.c_stride, left);
  }
}

const bfloat16_steps bfloat16_steps_by_instruction = {pack_left, pack_right, multiply};

#else

bool bfloat16_has_instruction(void) { return false; }

#endif
