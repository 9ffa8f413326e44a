#pragma once

/// Data for sums over rows: read from CSV and NumPy's files, mapped where they are larger than memory. Link hesse::data.
#include "hesse/data/csv.hpp"
#include "hesse/data/finite_rows.hpp"
#include "hesse/data/mapped_matrix.hpp"
#include "hesse/data/matrix_writer.hpp"
#include "hesse/data/numpy.hpp"
