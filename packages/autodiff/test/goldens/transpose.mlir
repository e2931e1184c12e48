// command: transpose 0
// x ↦ x·W: x̄ = ȳ·Wᵀ
func.func @main(%x: tensor<2x3xf64>, %w: tensor<3x4xf64>) -> tensor<2x4xf64> {
  %0 = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<2x3xf64>, tensor<3x4xf64>) -> tensor<2x4xf64>
  return %0 : tensor<2x4xf64>
}
// expected:
func.func private @main_t(%w: tensor<3x4xf64>, %arg1: tensor<2x4xf64>) -> tensor<2x3xf64> {
  %0 = stablehlo.dot_general %arg1, %w, contracting_dims = [1] x [1] : (tensor<2x4xf64>, tensor<3x4xf64>) -> tensor<2x3xf64>
  return %0 : tensor<2x3xf64>
}
// -----
// command: transpose 0
// A value that is used twice gets the sum; one that is not used gets zeros only because the caller asks for an array.
func.func @main(%x: tensor<4xf64>, %y: tensor<4xf64>) -> (tensor<2xf64>, tensor<4xf64>) {
  %0 = stablehlo.slice %x [1:3] : (tensor<4xf64>) -> tensor<2xf64>
  %1 = stablehlo.multiply %x, %y : tensor<4xf64>
  return %0, %1 : tensor<2xf64>, tensor<4xf64>
}
// expected:
func.func private @main_t(%y: tensor<4xf64>, %arg1: tensor<2xf64>, %arg2: tensor<4xf64>) -> tensor<4xf64> {
  %0 = stablehlo.multiply %arg2, %y : tensor<4xf64>
  %cst = stablehlo.constant dense<0.0> : tensor<f64>
  %1 = stablehlo.pad %arg1, %cst, low = [1], high = [1], interior = [0] : (tensor<2xf64>, tensor<f64>) -> tensor<4xf64>
  %2 = stablehlo.add %0, %1 : tensor<4xf64>
  return %2 : tensor<4xf64>
}
