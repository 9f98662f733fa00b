/* LIBXSMM: who lacks it builds without, see CProductKernels. Its header stays out of here: it is for C compilers. */
