#pragma once

#include "hesse/autodiff/eigen_numbers.hpp"
#include "hesse/autodiff/engine/attention.hpp"
#include "hesse/autodiff/engine/batched_product.hpp"
#include "hesse/autodiff/engine/convolution.hpp"
#include "hesse/autodiff/engine/copy.hpp"
#include "hesse/autodiff/engine/index_nodes.hpp"
#include "hesse/autodiff/engine/linear_algebra.hpp"
#include "hesse/autodiff/engine/pooling.hpp"
#include "hesse/autodiff/engine/product.hpp"
#include "hesse/autodiff/engine/reductions.hpp"
#include "hesse/autodiff/engine/slice_functions.hpp"
#include "hesse/autodiff/engine/sparse_hessian.hpp"
#include "hesse/autodiff/engine/statements.hpp"
#include "hesse/autodiff/engine/tape_blocks.hpp"
#include "hesse/autodiff/engine/tape_inspection.hpp"
#include "hesse/autodiff/engine/tape_linearization.hpp"
#include "hesse/autodiff/engine/tape_recording.hpp"
#include "hesse/autodiff/engine/tape_rounding.hpp"
#include "hesse/autodiff/engine/tape_sweeps.hpp"

#include <cmath>
#include <stdexcept>
#include <string>

/// Everything behind a tape, for recordings over numbers that the library was not compiled for: duals and Taylor
/// numbers. For double and float what is compiled in the library is used.
namespace hesse {

template <class T>
void require_finite(const char* what, const T* x, Index n) {
    for (Index i = 0; i < n; ++i) {
        if (std::isfinite(value_of(x[i]))) continue;
        throw std::invalid_argument(std::string(what) + " has the entry " + std::to_string(value_of(x[i])) +
                                    " at " + std::to_string(i) + ", expected finite numbers");
    }
}
template <class T>
void copy_finite(const char* what, const T* x, Index n, T* out) {
    require_finite(what, x, n);
    std::copy_n(x, n, out);
}

}  // namespace hesse
