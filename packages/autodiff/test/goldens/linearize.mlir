// command: linearize
// sin(x)·y: what is kept is cos(x)·y, and sin(x) for the tangent of y.
func.func @main(%x: tensor<3xf64>, %y: tensor<3xf64>) -> tensor<3xf64> {
  %0 = stablehlo.sine %x : tensor<3xf64>
  %1 = stablehlo.multiply %0, %y : tensor<3xf64>
  return %1 : tensor<3xf64>
}
// expected:
func.func private @main_fwd(%x: tensor<3xf64>, %y: tensor<3xf64>) -> (tensor<3xf64>, tensor<3xf64>, tensor<3xf64>, tensor<3xf64>) {
  %0 = stablehlo.sine %x : tensor<3xf64>
  %1 = stablehlo.cosine %x : tensor<3xf64>
  %2 = stablehlo.multiply %0, %y : tensor<3xf64>
  return %2, %1, %y, %0 : tensor<3xf64>, tensor<3xf64>, tensor<3xf64>, tensor<3xf64>
}
func.func private @main_lin(%arg0: tensor<3xf64>, %y: tensor<3xf64>, %arg2: tensor<3xf64>, %arg3: tensor<3xf64>, %arg4: tensor<3xf64>) -> tensor<3xf64> {
  %0 = stablehlo.multiply %arg3, %arg0 : tensor<3xf64>
  %1 = stablehlo.multiply %0, %y : tensor<3xf64>
  %2 = stablehlo.multiply %arg4, %arg2 : tensor<3xf64>
  %3 = stablehlo.add %1, %2 : tensor<3xf64>
  return %3 : tensor<3xf64>
}
// -----
// command: linearize
// Linear operations keep nothing: what lies between input and result is laid out again.
func.func @main(%x: tensor<2x3xf64>) -> tensor<3xf64> {
  %c = stablehlo.constant dense<2.0> : tensor<2x3xf64>
  %z = stablehlo.constant dense<0.0> : tensor<f64>
  %0 = stablehlo.multiply %x, %c : tensor<2x3xf64>
  %1 = stablehlo.reduce(%0 init: %z) applies stablehlo.add across dimensions = [0] : (tensor<2x3xf64>, tensor<f64>) -> tensor<3xf64>
  return %1 : tensor<3xf64>
}
// expected:
func.func private @main_fwd(%x: tensor<2x3xf64>) -> tensor<3xf64> {
  %c = stablehlo.constant dense<2.0> : tensor<2x3xf64>
  %z = stablehlo.constant dense<0.0> : tensor<f64>
  %0 = stablehlo.multiply %x, %c : tensor<2x3xf64>
  %1 = stablehlo.reduce(%0 init: %z) applies stablehlo.add across dimensions = [0] : (tensor<2x3xf64>, tensor<f64>) -> tensor<3xf64>
  return %1 : tensor<3xf64>
}
func.func private @main_lin(%arg0: tensor<2x3xf64>) -> tensor<3xf64> {
  %c = stablehlo.constant dense<2.0> : tensor<2x3xf64>
  %cst = stablehlo.constant dense<0.0> : tensor<f64>
  %0 = stablehlo.multiply %arg0, %c : tensor<2x3xf64>
  %1 = stablehlo.reduce(%0 init: %cst) applies stablehlo.add across dimensions = [0] : (tensor<2x3xf64>, tensor<f64>) -> tensor<3xf64>
  return %1 : tensor<3xf64>
}
// -----
// command: linearize 0
// A scan whose second carry goes into no result that is wanted: neither its tangent nor a residual for it is carried.
func.func @main(%x: tensor<f64>, %y: tensor<f64>) -> (tensor<f64>, tensor<f64>) {
  %zero = stablehlo.constant dense<0> : tensor<i32>
  %0:3 = stablehlo.while(%i = %zero, %c = %x, %d = %y) : tensor<i32>, tensor<f64>, tensor<f64>
  cond {
    %n = stablehlo.constant dense<3> : tensor<i32>
    %1 = stablehlo.compare LT, %i, %n, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
    stablehlo.return %1 : tensor<i1>
  } do {
    %one = stablehlo.constant dense<1> : tensor<i32>
    %1 = stablehlo.sine %c : tensor<f64>
    %2 = stablehlo.multiply %d, %c : tensor<f64>
    %3 = stablehlo.add %i, %one : tensor<i32>
    stablehlo.return %3, %1, %2 : tensor<i32>, tensor<f64>, tensor<f64>
  }
  return %0#1, %0#2 : tensor<f64>, tensor<f64>
}
// expected:
func.func private @main_fwd(%x: tensor<f64>, %y: tensor<f64>) -> (tensor<f64>, tensor<f64>, tensor<3xf64>) {
  %zero = stablehlo.constant dense<0> : tensor<i32>
  %cst = stablehlo.constant dense<0.0> : tensor<3xf64>
  %0:4 = stablehlo.while(%i = %zero, %c = %x, %d = %y, %iterArg = %cst) : tensor<i32>, tensor<f64>, tensor<f64>, tensor<3xf64>
  cond {
    %n = stablehlo.constant dense<3> : tensor<i32>
    %1 = stablehlo.compare LT, %i, %n, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
    stablehlo.return %1 : tensor<i1>
  } do {
    %one = stablehlo.constant dense<1> : tensor<i32>
    %2 = stablehlo.sine %c : tensor<f64>
    %3 = stablehlo.cosine %c : tensor<f64>
    %4 = stablehlo.multiply %d, %c : tensor<f64>
    %5 = stablehlo.add %i, %one : tensor<i32>
    %6 = stablehlo.reshape %3 : (tensor<f64>) -> tensor<1xf64>
    %7 = stablehlo.dynamic_update_slice %iterArg, %6, %i : (tensor<3xf64>, tensor<1xf64>, tensor<i32>) -> tensor<3xf64>
    stablehlo.return %5, %2, %4, %7 : tensor<i32>, tensor<f64>, tensor<f64>, tensor<3xf64>
  }
  return %0#1, %0#2, %0#3 : tensor<f64>, tensor<f64>, tensor<3xf64>
}
func.func private @main_lin(%arg0: tensor<3xf64>, %arg1: tensor<f64>, %arg2: tensor<f64>) -> tensor<f64> {
  %c = stablehlo.constant dense<0> : tensor<i32>
  %0:2 = stablehlo.while(%iterArg = %c, %iterArg_0 = %arg1) : tensor<i32>, tensor<f64>
  cond {
    %c_0 = stablehlo.constant dense<3> : tensor<i32>
    %1 = stablehlo.compare LT, %iterArg, %c_0 : (tensor<i32>, tensor<i32>) -> tensor<i1>
    stablehlo.return %1 : tensor<i1>
  } do {
    %2 = stablehlo.dynamic_slice %arg0, %iterArg, sizes = [1] : (tensor<3xf64>, tensor<i32>) -> tensor<1xf64>
    %3 = stablehlo.reshape %2 : (tensor<1xf64>) -> tensor<f64>
    %4 = stablehlo.multiply %iterArg_0, %3 : tensor<f64>
    %c_1 = stablehlo.constant dense<1> : tensor<i32>
    %5 = stablehlo.add %iterArg, %c_1 : tensor<i32>
    stablehlo.return %5, %4 : tensor<i32>, tensor<f64>
  }
  return %0#1 : tensor<f64>
}
