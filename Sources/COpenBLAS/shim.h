/* OpenBLAS: cblas.h includes openblas_config.h. */
#include <cblas.h>
