#include <stdexcept>

namespace hesse {

void throw_mixed_tapes() {
    throw std::logic_error(
        "hesse: a statement uses variables of two recordings; pass the outer variables of an inner loss to it "
        "as arguments instead of capturing them");
}

void throw_stale_handle() {
    throw std::logic_error(
        "hesse: a variable kept from an earlier recording is used in a new one; keep numbers (value_of) "
        "between calls of the loss, not variables");
}

}  // namespace hesse
