#include "hesse/autodiff/engine/sparse_hessian.hpp"
#include "hesse/autodiff/engine/tape_blocks.hpp"
#include "hesse/autodiff/engine/tape_linearization.hpp"
#include "hesse/autodiff/engine/tape_recording.hpp"
#include "hesse/autodiff/engine/tape_rounding.hpp"
#include "hesse/autodiff/engine/tape_sweeps.hpp"

#include <stdexcept>

namespace hesse {

void engine::throw_too_long() {
    throw std::length_error("hesse: a recording holds at most 2^32 - 1 numbers");
}

template class Tape<double>;
template class Tape<float>;

}  // namespace hesse
