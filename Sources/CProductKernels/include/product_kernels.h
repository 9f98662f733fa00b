/* Matrix products of small blocks, by machine code that LIBXSMM makes for their shapes while the program runs.
 *
 * It is C because the code is called through pointers to variadic functions. Where there is no LIBXSMM for the
 * processor (it is for x86-64), where its development files were missing when this was compiled, or where the processor
 * has no AVX2, there are no kernels.
 */
#ifndef PRODUCT_KERNELS_H
#define PRODUCT_KERNELS_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* c = left * right, or c = c + left * right, all row-major. */
typedef struct product_shape {
  /* left: (rows, depth); right: (depth, columns); c: (rows, columns). */
  int rows, columns, depth;
  /* Floats from one row in memory to the next. */
  int left_stride, right_stride, c_stride;
  /* Whether what lies in memory is the transpose of left. */
  bool left_transposed;
  /* Whether the product is added to what c holds. */
  bool accumulating;
  /* Whether the right matrix of the product to come is fetched meanwhile: worth it where that lies far apart. */
  bool fetching_next;
} product_shape;

typedef struct product_kernel product_kernel;

/* The kernel for a shape, made when it is first asked for and kept for ever; NULL if there is none. Any thread may
 * ask. */
const product_kernel *product_kernel_for(product_shape shape);

/* Runs a kernel. next_right is the right matrix of the product to come, of the same shape, if the kernel fetches it;
 * any address will do. */
void product_kernel_run(const product_kernel *kernel, const float *left, const float *right, float *c,
                        const float *next_right);

/* The calling thread's own memory for PRODUCT_PANEL_COUNT floats, aligned to 64 bytes: no product allocates. */
enum { PRODUCT_PANEL_COUNT = 64 * 512 };
float *product_panel(void);

/* Who makes the kernels, and for what kind of processor, such as "LIBXSMM 1.17.0 (kernels for clx)"; NULL if there are
 * none. */
const char *product_kernels_description(void);

#ifdef __cplusplus
}
#endif

#endif
