// command: jvp
// x·sin(x): the values, then the tangent ẋ·sin(x) + x·(ẋ·cos(x)).
func.func @main(%x: tensor<3xf64>) -> tensor<3xf64> {
  %0 = stablehlo.sine %x : tensor<3xf64>
  %1 = stablehlo.multiply %x, %0 : tensor<3xf64>
  return %1 : tensor<3xf64>
}
// expected:
func.func private @main_jvp(%x: tensor<3xf64>, %arg1: tensor<3xf64>) -> (tensor<3xf64>, tensor<3xf64>) {
  %0 = stablehlo.sine %x : tensor<3xf64>
  %1 = stablehlo.cosine %x : tensor<3xf64>
  %2 = stablehlo.multiply %arg1, %1 : tensor<3xf64>
  %3 = stablehlo.multiply %x, %0 : tensor<3xf64>
  %4 = stablehlo.multiply %arg1, %0 : tensor<3xf64>
  %5 = stablehlo.multiply %2, %x : tensor<3xf64>
  %6 = stablehlo.add %4, %5 : tensor<3xf64>
  return %3, %6 : tensor<3xf64>, tensor<3xf64>
}
// -----
// command: jvp
// A called function is differentiated once and stays a function.
func.func @main(%x: tensor<f64>) -> tensor<f64> {
  %0 = call @f(%x) : (tensor<f64>) -> tensor<f64>
  %1 = call @f(%0) : (tensor<f64>) -> tensor<f64>
  return %1 : tensor<f64>
}
func.func private @f(%x: tensor<f64>) -> tensor<f64> {
  %0 = stablehlo.exponential %x : tensor<f64>
  return %0 : tensor<f64>
}
// expected:
func.func private @main_jvp(%x: tensor<f64>, %arg1: tensor<f64>) -> (tensor<f64>, tensor<f64>) {
  %0:2 = call @f_jvp(%x, %arg1) : (tensor<f64>, tensor<f64>) -> (tensor<f64>, tensor<f64>)
  %1:2 = call @f_jvp(%0#0, %0#1) : (tensor<f64>, tensor<f64>) -> (tensor<f64>, tensor<f64>)
  return %1#0, %1#1 : tensor<f64>, tensor<f64>
}
func.func private @f_jvp(%x: tensor<f64>, %arg1: tensor<f64>) -> (tensor<f64>, tensor<f64>) {
  %0 = stablehlo.exponential %x : tensor<f64>
  %1 = stablehlo.multiply %arg1, %0 : tensor<f64>
  return %0, %1 : tensor<f64>, tensor<f64>
}
