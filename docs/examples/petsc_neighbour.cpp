// hesse beside PETSc and SLEPc, on any number of ranks: the Hessian of a sum over data as a shell matrix, whose extreme eigenpairs
// SLEPc computes, and the loss as an objective of TAO.        mpirun -n 2 petsc_neighbour
#include <hesse/hesse.hpp>
#include <hesse/mpi.hpp>

#include <petsctao.h>
#include <slepceps.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>

namespace {

using hesse::Index;

/// Vectors of hesse are whole on every rank, those of PETSc are cut in pieces: the way from one to the other.
class Pieces {
public:
    explicit Pieces(Vec like) {
        VecScatterCreateToAll(like, &to_all_, &whole_);
        VecGetOwnershipRange(like, &first_, &last_);
    }
    ~Pieces() {
        VecScatterDestroy(&to_all_);
        VecDestroy(&whole_);
    }
    Pieces(const Pieces&) = delete;
    Pieces& operator=(const Pieces&) = delete;

    /// All entries of a vector of PETSc: one gather of n numbers.
    Eigen::VectorXd whole(Vec pieces) {
        VecScatterBegin(to_all_, pieces, whole_, INSERT_VALUES, SCATTER_FORWARD);
        VecScatterEnd(to_all_, pieces, whole_, INSERT_VALUES, SCATTER_FORWARD);
        PetscInt size = 0;
        VecGetSize(whole_, &size);
        const PetscScalar* entries = nullptr;
        VecGetArrayRead(whole_, &entries);
        const Eigen::VectorXd all = Eigen::Map<const Eigen::VectorXd>(entries, size);
        VecRestoreArrayRead(whole_, &entries);
        return all;
    }
    /// This rank's piece of x.
    void put(const Eigen::VectorXd& x, Vec pieces) const {
        PetscScalar* entries = nullptr;
        VecGetArray(pieces, &entries);
        std::copy(x.data() + first_, x.data() + last_, entries);
        VecRestoreArray(pieces, &entries);
    }

private:
    VecScatter to_all_ = nullptr;
    Vec whole_ = nullptr;
    PetscInt first_ = 0, last_ = 0;
};

using Apply = std::function<Eigen::VectorXd(const Eigen::VectorXd&)>;
struct Shell {
    Pieces* pieces;
    Apply apply;
};

PetscErrorCode multiply(Mat matrix, Vec in, Vec out) {
    Shell* shell = nullptr;
    MatShellGetContext(matrix, &shell);
    shell->pieces->put(shell->apply(shell->pieces->whole(in)), out);
    return 0;
}

/// The lowest or the highest eigenvalue by SLEPc.
double extreme_eigenvalue(Mat matrix, EPSWhich which) {
    EPS solver = nullptr;
    EPSCreate(PETSC_COMM_WORLD, &solver);
    EPSSetOperators(solver, matrix, nullptr);
    EPSSetProblemType(solver, EPS_HEP);
    EPSSetWhichEigenpairs(solver, which);
    EPSSetTolerances(solver, 1e-10, 1000);
    EPSSolve(solver);
    PetscInt converged = 0;
    EPSGetConverged(solver, &converged);
    PetscScalar value = std::nan("");
    if (converged > 0) EPSGetEigenvalue(solver, 0, &value, nullptr);
    EPSDestroy(&solver);
    return value;
}

using Loss = std::function<double(const Eigen::VectorXd& x, Eigen::VectorXd& gradient)>;
struct TaoLoss {
    Pieces* pieces;
    Loss loss;
};

PetscErrorCode value_and_gradient(Tao, Vec x, PetscReal* value, Vec gradient, void* context) {
    auto* f = static_cast<TaoLoss*>(context);
    Eigen::VectorXd g;
    *value = f->loss(f->pieces->whole(x), g);
    f->pieces->put(g, gradient);
    return 0;
}

}  // namespace

int main(int count, char** arguments) {
    using namespace hesse;
    SlepcInitialize(&count, &arguments, nullptr, nullptr);
    int failed = 1;
    {
        const auto ranks = mpi_world();
        constexpr Index rows = 500, n = 30;
        const Eigen::MatrixXd x = Eigen::MatrixXd::NullaryExpr(rows, n, [](Index i, Index j) {
            return std::sin(1.0 + 0.7 * static_cast<double>(i) + 0.31 * static_cast<double>((i + 3) * j));
        });
        const auto f = least_squares_sum(
                           rows, [&](const auto& w, const Rows& part) { return tanh(part.of(x) * w).eval(); },
                           n, {.rows_per_part = 20, .threads = 1, .average = true, .communicator = ranks})
                           .plus([](const auto& w) { return 0.01 * (w.array() - 1.0).square().sum(); });
        const Eigen::VectorXd start = 0.5 * Eigen::VectorXd::Ones(n);

        Vec vector = nullptr;
        VecCreateMPI(PETSC_COMM_WORLD, PETSC_DECIDE, n, &vector);
        Pieces pieces(vector);

        // The Hessian.
        const auto at = f.linearize(start);
        Shell shell{&pieces, [&](const Eigen::VectorXd& v) -> Eigen::VectorXd { return at.hessian() * v; }};
        Mat hessian = nullptr;
        PetscInt here = 0;
        VecGetLocalSize(vector, &here);
        MatCreateShell(PETSC_COMM_WORLD, here, here, n, n, &shell, &hessian);
        MatShellSetOperation(hessian, MATOP_MULT, reinterpret_cast<void (*)()>(&multiply));
        const double lowest = extreme_eigenvalue(hessian, EPS_SMALLEST_REAL);
        const double highest = extreme_eigenvalue(hessian, EPS_LARGEST_REAL);
        const auto own = classify(f, start, {.gradient_tolerance = 1e3});
        const double difference =
            std::max(std::abs(lowest - own.lowest.value), std::abs(highest - own.highest.value));

        // The loss.
        TaoLoss tao_loss{&pieces, [&](const Eigen::VectorXd& w, Eigen::VectorXd& gradient) {
                             const auto there = f.linearize(w);
                             gradient = there.gradient();
                             return there.value();
                         }};
        Tao tao = nullptr;
        TaoCreate(PETSC_COMM_WORLD, &tao);
        TaoSetType(tao, TAOLMVM);
        pieces.put(start, vector);
        TaoSetSolution(tao, vector);
        TaoSetObjectiveAndGradient(tao, nullptr, value_and_gradient, &tao_loss);
        TaoSetTolerances(tao, 1e-8, 0.0, 0.0);
        TaoSolve(tao);
        const Eigen::VectorXd theirs = pieces.whole(vector);
        const auto found = minimize(f, start, TrustRegion{}, Stopping{.gradient_norm = 1e-8});
        const double distance = (theirs - found.x).norm();
        if (ranks->rank() == 0)
            std::printf(
                "%d ranks. SLEPc: eigenvalues in [%.10f, %.10f], hesse's differ by %.1e\n"
                "TAO's minimum %.12f, hesse's %.12f, %.1e apart\n",
                ranks->size(), lowest, highest, difference, f.value(theirs), found.value, distance);
        else (void)f.value(theirs);
        failed = difference < 1e-5 && distance < 1e-5 ? 0 : 1;
        TaoDestroy(&tao);
        MatDestroy(&hessian);
        VecDestroy(&vector);
    }
    SlepcFinalize();
    return failed;
}
