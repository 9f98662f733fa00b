/* Matrix products of small blocks, by machine code that LIBXSMM makes for their shapes while the program runs.
 *
 * It is C because the code is called through pointers to variadic functions, and each thread needs memory of its own for
 * a panel: Swift has neither. There are no kernels where this was compiled for another system than Linux on x86-64, or
 * without the header of LIBXSMM 1.17; nor on a processor without AVX2, nor where the system forbids to run code that a
 * program writes. Products of operands that are rounded to bfloat16 are those of bfloat16_product.h.
 */
#ifndef PRODUCT_KERNELS_H
#define PRODUCT_KERNELS_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* c = left * right, or c = c + left * right, all row-major. */
typedef struct product_shape {
  /* left: (rows, depth); right: (depth, columns); c: (rows, columns); none of them empty. */
  int rows, columns, depth;
  /* Floats from one row in memory to the next. The code has offsets of 32 bits: no matrix may take 2^31 bytes. */
  int left_stride, right_stride, c_stride;
  /* Whether what lies in memory is the transpose of left. */
  bool left_transposed;
  /* Whether the product is added to what c holds. */
  bool accumulating;
  /* Whether the right matrix of the product to come is fetched meanwhile: worth it where that lies far apart. */
  bool fetching_next;
} product_shape;

typedef struct product_kernel product_kernel;

/* Who makes the kernels, and for what kind of processor, such as "LIBXSMM 1.17.0 (kernels for clx)"; NULL if there are
 * none. To be called once, and before anything below. */
const char *product_kernels_description(void);

/* The kernel for a shape, made when it is first asked for and kept for ever; NULL if there is no room for more. Any
 * thread may ask, once product_kernels_description gave a name. */
const product_kernel *product_kernel_for(product_shape shape);

/* Runs a kernel. next_right is the right matrix of the product to come, of the same shape, if the kernel fetches it;
 * any address will do. */
void product_kernel_run(const product_kernel *kernel, const float *left, const float *right, float *c,
                        const float *next_right);

/* The calling thread's own memory for PRODUCT_PANEL_COUNT floats, aligned to 64 bytes: no product allocates. */
enum { PRODUCT_PANEL_COUNT = 64 * 512 };
float *product_panel(void);

#ifdef __cplusplus
}
#endif

#endif
