#pragma once

#include "hesse/autodiff/sums/communicator.hpp"

#include <cstddef>
#include <memory>

/// Ranks that are processes of MPI, in a library of their own, hesse::mpi: what uses it needs no header of MPI's.
namespace hesse {

/// The processes that were started together, by mpirun or alone.
///
///     const auto ranks = mpi_world();
///     auto f = finite_sum(N, loss, n, {.rows_per_part = 256, .communicator = ranks});
///
/// The first call initialises MPI, unless the program has, and MPI is finalised when the last holder of the result is gone: hold
/// it in main. A program that ends otherwise, by an exception or a signal, ends the job: mpirun says which rank, and stops the
/// others. Throws std::runtime_error if MPI cannot be initialised, or has been finalised.
[[nodiscard]] std::shared_ptr<Communicator> mpi_world();

/// The processes of a communicator of the program's own, given as a pointer to its MPI_Comm: all of them have to call this.
[[nodiscard]] std::shared_ptr<Communicator> mpi_ranks(const void* mpi_comm);

}  // namespace hesse
