// What MPI's header gives as macros, which Swift cannot see.
#ifndef MILLRACE_CMPI_SHIM_H
#define MILLRACE_CMPI_SHIM_H

#include <mpi.h>

static inline MPI_Comm millrace_mpi_world(void) { return MPI_COMM_WORLD; }
static inline MPI_Datatype millrace_mpi_float(void) { return MPI_FLOAT; }
static inline MPI_Datatype millrace_mpi_byte(void) { return MPI_BYTE; }
static inline MPI_Op millrace_mpi_sum(void) { return MPI_SUM; }
static inline MPI_Errhandler millrace_mpi_errors_return(void) { return MPI_ERRORS_RETURN; }
static inline MPI_Request millrace_mpi_no_request(void) { return MPI_REQUEST_NULL; }
static inline MPI_Status *millrace_mpi_ignored_statuses(void) { return MPI_STATUSES_IGNORE; }
static inline void *millrace_mpi_in_place(void) { return MPI_IN_PLACE; }

#endif
