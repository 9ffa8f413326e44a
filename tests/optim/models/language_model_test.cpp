#include "hesse/optim/models/language_model.hpp"

#include "error_text.hpp"
#include "hesse/hesse.hpp"
#include "hesse/optim/models/synthetic_text.hpp"
#include "support/derivative_check.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <vector>

namespace {
using namespace hesse;
using namespace hesse::test;

const SyntheticText text = synthetic_text(400, 7, {.seed = 1});

auto loss_of(const LanguageModel& language, const TokenBatch& batch) {
    return model([=](const auto& p) { return next_token_loss(p, language, batch); });
}
/// Small, and far from symmetric.
constexpr LanguageModel small{
    .vocabulary = 7, .width = 6, .heads = 2, .blocks = 2, .hidden = 10, .deviation = 0.3};

}  // namespace

BOOST_AUTO_TEST_SUITE(language_model)

BOOST_AUTO_TEST_CASE(parameters_are_as_many_as_the_matrices_have_entries) {
    const auto network = loss_of(small, token_batch(text.tokens, 5, 3));
    const Index d = 6, h = 10, block = 2 * 2 * d + 3 * d * (d + 1) + d * (d + 1) + h * (d + 1) + d * (h + 1);
    BOOST_TEST(network.size() == 7 * d + 5 * d + 2 * block + 2 * d + 7 * d);
    BOOST_TEST(network.parameters()["block 2/attention/output/weights"].count == d * d);
    BOOST_TEST(network.parameters()["places/vectors"].first == 7 * d);
    BOOST_TEST(network.parameters()["scores/weights"].first == network.size() - 7 * d);
    LanguageModel wide = small;
    wide.hidden = 0;
    BOOST_TEST(loss_of(wide, token_batch(text.tokens, 5, 3)).size() - network.size() == 2 * 14 * (2 * d + 1));
}

BOOST_AUTO_TEST_CASE(residual_branches_begin_smaller) {
    LanguageModel language = small;
    language.width = 32;
    language.blocks = 8;
    const auto network = loss_of(language, token_batch(text.tokens, 5, 3));
    const VectorXd x = network.initial(1);
    const auto deviation = [&](const char* name) {
        const Segment where = network.parameters()[name];
        return x.segment(where.first, where.count).norm() / std::sqrt(static_cast<double>(where.count));
    };
    BOOST_TEST(std::abs(deviation("block 3/attention/weights") - 0.3) < 0.02);
    BOOST_TEST(std::abs(deviation("block 3/attention/output/weights") - 0.3 / 4.0) < 0.01);
    BOOST_TEST(std::abs(deviation("block 8/contract/weights") - 0.3 / 4.0) < 0.02);
}

BOOST_AUTO_TEST_CASE(its_derivatives_hold) {
    const auto network = loss_of(small, token_batch(text.tokens, 5, 3));
    const auto report = check_derivatives(objective(network, network.size()), network.initial(2));
    BOOST_TEST(report.passed(), report);
}

BOOST_AUTO_TEST_CASE(with_scores_that_are_equal_the_loss_is_the_logarithm_of_the_vocabulary) {
    LanguageModel language = small;
    language.deviation = 0.0;
    const auto network = loss_of(language, token_batch(text.tokens, 5, 3));
    const auto f = objective(network, network.size());
    const VectorXd zero = network.initial(3);
    const auto at = f.linearize(zero);
    BOOST_TEST(std::abs(at.value() - std::log(7.0)) < 1e-15);
    BOOST_TEST(at.gradient().norm() == 0.0);
    // The loss is linear in the vectors of tokens and places times the scores' weights: a saddle.
    const CriticalPoint point = classify(f, zero);
    BOOST_TEST((point.kind == CriticalPointKind::saddle));
    BOOST_TEST(point.lowest.value < -0.1);
}

BOOST_AUTO_TEST_CASE(no_score_depends_on_a_later_token) {
    const Index length = 6, changed = 3;
    std::vector<int> tokens(text.tokens.begin(), text.tokens.begin() + 2 * length);
    std::vector<int> other = tokens;
    other[changed] = (other[changed] + 1) % 7;
    const auto scores_of = [&](const std::vector<int>& read) {
        const auto network = model([&](const auto& p) { return next_token_scores(p, small, read, 2); });
        const auto scores = network(network.initial(4));
        MatrixXd copy(7, 2 * length);
        for (Index t = 0; t < copy.cols(); ++t) {
            for (Index i = 0; i < 7; ++i) copy(i, t) = scores(i, t);
        }
        return copy;
    };
    const MatrixXd a = scores_of(tokens), b = scores_of(other);
    for (Index t = 0; t < 2 * length; ++t) {
        BOOST_TEST_CONTEXT("place " << t) {
            const bool may_see = t >= changed && t < length;
            BOOST_TEST((a.col(t) == b.col(t)) != may_see);
        }
    }
}

BOOST_AUTO_TEST_CASE(no_gradient_of_a_score_goes_back_to_a_later_place) {
    const auto batch = token_batch(text.tokens, 6, 1);
    for (Index t = 0; t < 6; ++t) {
        const auto network = model(
            [&](const auto& p) { return next_token_scores(p, small, batch.inputs, 1).col(t).squaredNorm(); });
        const auto f = objective(network, network.size());
        const VectorXd gradient = f.linearize(network.initial(5)).gradient();
        const Segment where = network.parameters()["places/vectors"];
        const MatrixXd places = gradient.segment(where.first, where.count).reshaped(6, 6);
        BOOST_TEST((places.rightCols(5 - t).array() == 0.0).all());
        BOOST_TEST((places.leftCols(t + 1).colwise().norm().array() > 0.0).all());
    }
}

BOOST_AUTO_TEST_CASE(checkpoints_save_memory_and_change_no_derivative) {
    LanguageModel language = small;
    language.width = 16;
    language.blocks = 6;
    const auto batch = token_batch(text.tokens, 32, 4);
    const auto plain = loss_of(language, batch);
    language.checkpoints = true;
    const auto rerun = loss_of(language, batch);
    BOOST_TEST(plain.size() == rerun.size());
    const VectorXd x = plain.initial(6), v = random_vector(plain.size(), 7);
    BOOST_TEST((x == rerun.initial(6)));
    const auto f = objective(plain, plain.size());
    const auto g = objective(rerun, rerun.size());
    auto a = f.linearize(x), b = g.linearize(x);
    BOOST_TEST(a.value() == b.value());
    BOOST_TEST((a.gradient() - b.gradient()).norm() < 1e-13 * a.gradient().norm());
    const VectorXd product = a.hessian() * v;
    BOOST_TEST((product - b.hessian() * v).norm() < 1e-13 * product.norm());
    // What a block's run holds is on a tape beside it.
    const std::size_t all = a.memory().total(), kept = b.memory().total(),
                      one_block = b.tape().scratch().memory().total();
    BOOST_TEST_MESSAGE("bytes: " << all << " without checkpoints; with them " << kept << " and " << one_block
                                 << " of one block");
    BOOST_TEST(2 * (kept + one_block) < all);
}

BOOST_AUTO_TEST_CASE(products_in_single_precision_are_near_those_in_double) {
    LanguageModel language = small;
    language.checkpoints = true;
    const auto network = loss_of(language, token_batch(text.tokens, 5, 3));
    const auto f = objective(network, network.size());
    const VectorXd x = network.initial(9), v = random_vector(network.size(), 10);
    const VectorXd exact = f.linearize(x).hessian() * v, rounded = f.hessian<float>(x) * v;
    BOOST_TEST((exact - rounded).norm() < 1e-4 * exact.norm());
}

BOOST_AUTO_TEST_CASE(it_learns_what_follows_what_and_no_more) {
    const SyntheticText lines = synthetic_text(8000, 5, {.sharpness = 1.5, .seed = 2});
    LanguageModel language = small;
    language.vocabulary = 5;
    language.blocks = 1;
    language.deviation = 0.1;
    const auto batch = token_batch(lines.tokens, 8, 400), unseen = token_batch(lines.tokens, 8, 400, 4000);
    const auto network = model(
        [&](const auto& p, const TokenBatch& read) { return next_token_loss(p, language, read); }, batch);
    const auto f = objective([&](const auto& theta) { return network(theta, batch); }, network.size());
    const auto found = minimize(f, network.initial(8), LimitedMemoryBfgs{}, Stopping{.budget = 80});
    const double loss = network(found.x, unseen);
    BOOST_TEST_MESSAGE("loss " << found.value << ", of unseen text " << loss << ", entropy rate "
                               << lines.entropy_rate() << ", of single tokens " << lines.token_entropy());
    // Standard errors of 3200 tokens are about 0.02; nothing predicts better than the chain.
    BOOST_TEST(loss > lines.entropy_rate() - 0.06);
    BOOST_TEST(loss < 0.75 * lines.entropy_rate() + 0.25 * lines.token_entropy());
}

BOOST_AUTO_TEST_CASE(a_batch_is_a_piece_of_the_text_and_what_follows) {
    const std::vector<int> tokens{5, 6, 0, 1, 2, 3, 4};
    const TokenBatch batch = token_batch(tokens, 2, 2, 1);
    BOOST_TEST((batch.inputs == std::vector<int>{6, 0, 1, 2}));
    BOOST_TEST((batch.targets == std::vector<int>{0, 1, 2, 3}));
    BOOST_TEST(batch.sequences == 2);
    BOOST_TEST(message_of([&] { (void)token_batch(tokens, 3, 2, 1); }) ==
               "token_batch: 2 sequences of 3 tokens from 1 on, and one after them, are not in a text of 7");
    BOOST_TEST(message_of([&] {
                   loss_of({.vocabulary = 4}, token_batch(text.tokens, 5, 3));
               }).find("is outside") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
